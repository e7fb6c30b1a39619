using System.Globalization;
using System.Text.Json.Nodes;

namespace Flame.Doubles.Fly;

/// <summary>One machine: its states, its events, and a real process while it is started. Thread-safe.</summary>
public sealed class CloudMachine
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    private readonly FlyDouble _cloud;
    private readonly Lock _gate = new();
    private readonly LinkedList<JsonObject> _events = new();
    private readonly List<string> _versions = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MachineProcess? _process;
    private bool _stopRequested;
    private bool _outOfMemory;
    private bool _destroyRequested;

    internal CloudMachine(FlyDouble cloud, string name, string region, JsonObject config)
    {
        _cloud = cloud;
        Name = name;
        Region = region;
        Config = config;
        _versions.Add(InstanceId);
        AddEvent("launch", "created", "user");
    }

    public string Id { get; } = FlyAnswer.Hex(14);

    public string Name { get; }

    public string Region { get; }

    public string InstanceId { get; private set; } = FlyAnswer.Ulid();

    public string State { get; private set; } = "created";

    public JsonObject Config { get; private set; }

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    public DateTimeOffset UpdatedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>How often Fly has started it again by itself.</summary>
    public int Restarts { get; private set; }

    /// <summary>Whether its host answers.</summary>
    public bool HostIsUp { get; private set; } = true;

    /// <summary>The process, once there is one.</summary>
    public int? ProcessId => _process?.Id;

    public bool IsLive => State is not ("destroyed" or "destroying");

    public bool IsRunning => State is "started" or "starting" or "stopping" or "created" or "updating" or "replacing";

    /// <summary>Completes when it is destroyed.</summary>
    public Task Destroyed => WhenAsync(m => m.State == "destroyed");

    public bool HasLease => Lease is { } lease && lease.Until > DateTimeOffset.UtcNow;

    internal (string Nonce, DateTimeOffset Until)? Lease { get; set; }

    private bool AutoDestroy => (bool?)Config["auto_destroy"] == true;

    public string? Metadata(string key) => (string?)Config["metadata"]?[key];

    public string? Env(string name) => (string?)Config["env"]?[name];

    public bool HasVersion(string version) => _versions.Contains(version);

    /// <summary>Completes when the condition holds.</summary>
    public async Task WhenAsync(Predicate<CloudMachine> condition, CancellationToken ct = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition(this)) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(ct);
        }
    }

    /// <summary>As <c>kill -9</c> inside of it.</summary>
    public void Kill() => _process?.Signal(MachineProcess.SigKill);

    public void Signal(int signal) => _process?.Signal(signal);

    /// <summary>As the kernel does when memory runs out.</summary>
    public void RunOutOfMemory()
    {
        _outOfMemory = true;
        Kill();
    }

    /// <summary>Its host is gone, and the process with it: nothing changes in what the API says, except for the host.</summary>
    public async Task LoseHostAsync()
    {
        lock (_gate) HostIsUp = false;
        if (_process is { } process) await process.KillAsync();
    }

    /// <summary>The host is back: what ended meanwhile is told.</summary>
    public void HostReturns()
    {
        lock (_gate) HostIsUp = true;
        if (_destroyRequested) Become("destroyed", "destroy", "destroyed", "flyd");
        else if (_process is { Exited.IsCompleted: true } process) _ = EndedAsync(process.Exited.Result);
    }

    internal JsonObject Json()
    {
        lock (_gate)
        {
            var json = new JsonObject
            {
                ["id"] = Id,
                ["name"] = Name,
                ["state"] = State,
                ["region"] = Region,
                ["instance_id"] = InstanceId,
                ["private_ip"] = "::1",
                ["created_at"] = CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                ["updated_at"] = UpdatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                ["image_ref"] = new JsonObject { ["registry"] = "registry.fly.io", ["repository"] = (string?)Config["image"], ["labels"] = new JsonObject() },
                ["host_status"] = HostIsUp ? "ok" : "unreachable",
                ["cordoned"] = false,
                ["events"] = new JsonArray([.. _events.Select(e => e.DeepClone())]),
            };
            if (HostIsUp) json["config"] = Config.DeepClone();
            else json["incomplete_config"] = Config.DeepClone();
            return json;
        }
    }

    internal async Task LaunchAsync(MachineFault fault)
    {
        if (fault == MachineFault.StuckInCreated) return;
        await Task.Delay(fault == MachineFault.SlowBoot ? _cloud.Faults.SlowBoot : s_step);
        if (!IsLive) return;
        if (fault == MachineFault.Fails)
        {
            Become("failed", "launch", "failed", "flyd");
            return;
        }

        if (fault == MachineFault.LaunchFails)
        {
            Become("launch_failed", "launch", "launch_failed", "flyd");
            await FinishAsync();
            return;
        }

        Become("starting", "start", "starting", "flyd");
        if (fault == MachineFault.ExitsAtOnce) await EndedAsync(1);
        else Run();
    }

    internal void Start()
    {
        lock (_gate) (_stopRequested, Restarts) = (false, 0);
        Become("starting", "start", "starting", "user");
        Run();
    }

    internal async Task StopAsync(int signal, TimeSpan timeout)
    {
        lock (_gate) _stopRequested = true;
        if (_process is not { } process || process.Exited.IsCompleted) return;
        Become("stopping", "stop", "stopping", "user");
        process.Signal(signal);
        if (await Task.WhenAny(process.Exited, Task.Delay(timeout)) != process.Exited) process.Signal(MachineProcess.SigKill);
    }

    internal void Suspend() => Become("suspended", "suspend", "suspended", "user");

    internal void Update(JsonObject config)
    {
        lock (_gate)
        {
            Config = config;
            InstanceId = FlyAnswer.Ulid();
            _versions.Add(InstanceId);
        }

        Become(State, "update", State, "user");
    }

    internal async Task DestroyAsync()
    {
        lock (_gate) (_destroyRequested, _stopRequested) = (true, true);
        Become("destroying", "destroy", "destroying", "user");
        if (!HostIsUp) return;
        if (_process is { Exited.IsCompleted: false } process)
        {
            await process.KillAsync();
        }
        else
        {
            await Task.Delay(s_step);
            Become("destroyed", "destroy", "destroyed", "flyd");
        }
    }

    internal async Task EndAsync()
    {
        MachineProcess? process;
        lock (_gate)
        {
            _destroyRequested = true;
            process = _process;
        }

        if (process is not null) await process.DisposeAsync();
    }

    private void Run()
    {
        lock (_gate)
        {
            if (!IsLive || _destroyRequested) return;
            _outOfMemory = false;
            try
            {
                _process = _cloud.Boot(this);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                _process = null;
            }
        }

        if (_process is not { } process)
        {
            Become("failed", "launch", "failed", "flyd");
            return;
        }

        Become("started", "start", "started", "flyd");
        _ = WatchAsync(process);
    }

    private async Task WatchAsync(MachineProcess process)
    {
        var code = await process.Exited;
        if (HostIsUp) await EndedAsync(code);
    }

    private async Task EndedAsync(int code)
    {
        var signal = code > 128 ? code - 128 : 0;
        var policy = (string?)Config["restart"]?["policy"] ?? "on-failure";
        var restarts = !_stopRequested && (policy == "always" || (policy == "on-failure" && code != 0 && Restarts < 10));
        AddEvent("exit", restarts ? "starting" : "stopped", "flyd", new JsonObject
        {
            ["exit_event"] = new JsonObject
            {
                ["exit_code"] = signal > 0 ? -1 : code,
                ["guest_exit_code"] = signal > 0 ? 0 : code,
                ["guest_signal"] = signal > 0 ? signal : 0,
                ["signal"] = -1,
                ["oom_killed"] = _outOfMemory,
                ["requested_stop"] = _stopRequested,
                ["restarting"] = restarts,
                ["exited_at"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            },
        });
        if (restarts)
        {
            Restarts++;
            Become("starting", "start", "starting", "flyd");
            Run();
            return;
        }

        if (!_destroyRequested) Become("stopped", null, null, null);
        if (AutoDestroy || _destroyRequested) await FinishAsync();
    }

    private async Task FinishAsync()
    {
        Become("destroying", null, null, null);
        await Task.Delay(s_step);
        Become("destroyed", "destroy", "destroyed", "flyd");
    }

    private void Become(string state, string? type, string? status, string? source)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            // Nothing comes back from there.
            if (State == "destroyed") return;
            if (type is not null) AddEvent(type, status!, source!);
            State = state;
            UpdatedAt = DateTimeOffset.UtcNow;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    // The newest first, and most without a request: it is null then, and not missing.
    private void AddEvent(string type, string status, string source, JsonObject? request = null)
    {
        lock (_gate)
        {
            _events.AddFirst(new JsonObject
            {
                ["id"] = FlyAnswer.Ulid(),
                ["type"] = type,
                ["status"] = status,
                ["source"] = source,
                ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                ["request"] = request,
            });
        }
    }
}
