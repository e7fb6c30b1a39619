using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace Flame.Fly.Machines;

/// <summary>The part of the Machines API that a pool needs, for one application. Thread-safe.</summary>
internal sealed class MachinesClient(Uri host, string app, FlyToken token, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>The longest wait that the API accepts.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_waitMargin = TimeSpan.FromSeconds(10);

    private readonly MachinesTransport _transport = new(host, token, time, log);

    public string App => app;

    public bool IsAt(Uri otherHost, FlyToken otherToken) => host == otherHost && token.Header.Equals(otherToken.Header);

    private string Machines => $"apps/{Uri.EscapeDataString(app)}/machines";

    private string Volumes => $"apps/{Uri.EscapeDataString(app)}/volumes";

    /// <summary>Sent once: whether it happened without an answer is for the caller to find out.</summary>
    /// <param name="request">What to make.</param>
    /// <param name="report">Told what it waits for.</param>
    /// <param name="abandoned">Takes over what was sent and not yet answered when the token fires.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Machine> CreateAsync(MachineRequest request, Action<string>? report, Action<Task<byte[]>>? abandoned, CancellationToken ct) => AskAsync(
        new MachinesCall(MachinesCall.Create, app, HttpMethod.Post, Machines) { Body = Json(request, MachinesJson.Default.MachineRequest), Repeatable = false, Report = report, Abandoned = abandoned }, ct);

    public Task<Machine> GetAsync(string id, CancellationToken ct) => AskAsync(new MachinesCall(MachinesCall.Get, id, HttpMethod.Get, Path(id)), ct);

    /// <summary>The living machines that have all these entries. Not always the newest: what was just made may be missing.</summary>
    public async Task<IReadOnlyList<Machine>> ListAsync(IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken ct)
    {
        var query = string.Join('&', metadata.Select(entry => $"metadata.{Uri.EscapeDataString(entry.Key)}={Uri.EscapeDataString(entry.Value)}"));
        return await _transport.SendAsync(new MachinesCall("list", app, HttpMethod.Get, query.Length == 0 ? Machines : $"{Machines}?{query}"), MachinesJson.Default.ListMachine, ct).ConfigureAwait(false);
    }

    /// <summary>Waits until the machine is in a state.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="state">The state; <c>stopped</c> needs the version.</param>
    /// <param name="version">The machine's version.</param>
    /// <param name="timeout">Up to <see cref="LongestWait"/>, in whole seconds.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Whether it came to that in time.</returns>
    public async Task<bool> WaitAsync(string id, string state, string? version, TimeSpan timeout, CancellationToken ct)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Path(id)}/wait?state={state}&timeout={timeout.TotalSeconds:0}");
        if (version is not null) path += $"&version={Uri.EscapeDataString(version)}";
        try
        {
            // 408 says "not yet", and is no reason to ask for the same once more behind the caller's back.
            await _transport.SendAsync(new MachinesCall(MachinesCall.Wait, id, HttpMethod.Get, path) { Repeatable = false, Patience = timeout + s_waitMargin }, ct).ConfigureAwait(false);
            return true;
        }
        catch (MachinesException e) when (e.IsNotYet)
        {
            return false;
        }
    }

    public Task StartAsync(string id, string? nonce, Action<string>? report, CancellationToken ct) =>
        DoAsync(new MachinesCall("start", id, HttpMethod.Post, Path(id) + "/start") { Nonce = nonce, Report = report }, ct);

    public Task StopAsync(string id, StopBody body, CancellationToken ct) =>
        DoAsync(new MachinesCall("stop", id, HttpMethod.Post, Path(id) + "/stop") { Body = Json(body, MachinesJson.Default.StopBody) }, ct);

    /// <summary>Gives a machine another configuration; it gets a new version.</summary>
    public Task<Machine> UpdateAsync(string id, MachineRequest request, string? nonce, Action<string>? report, CancellationToken ct) =>
        AskAsync(new MachinesCall("update", id, HttpMethod.Post, Path(id)) { Body = Json(request, MachinesJson.Default.MachineRequest), Nonce = nonce, Repeatable = false, Report = report }, ct);

    /// <summary>Removes a machine, running or not, as soon as nobody else is at it; one that is not there is no error.</summary>
    public async Task DestroyAsync(string id, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await DoAsync(new MachinesCall("destroy", id, HttpMethod.Delete, Path(id) + "?force=true"), ct).ConfigureAwait(false);
                return;
            }
            catch (MachinesException e) when (e.Failure == MachinesFailure.NotFound)
            {
                return;
            }
            catch (MachinesException e) when (e.Failure is MachinesFailure.Leased or MachinesFailure.Conflict or MachinesFailure.WrongState)
            {
                // A deploy, another parent or Fly's proxy has it; all are soon done.
                await Task.Delay(s_pause, time, ct).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Takes the sole right to change a machine.</summary>
    /// <returns>The nonce that every change must carry.</returns>
    public async Task<string?> LeaseAsync(string id, TimeSpan life, CancellationToken ct)
    {
        var body = new LeaseBody((int)life.TotalSeconds, "flame");
        var answer = await _transport.SendAsync(
            new MachinesCall("lease", id, HttpMethod.Post, Path(id) + "/lease") { Body = Json(body, MachinesJson.Default.LeaseBody) }, MachinesJson.Default.LeaseAnswer, ct).ConfigureAwait(false);
        return answer.Data?.Nonce ?? answer.Nonce;
    }

    public Task ReleaseAsync(string id, string nonce, CancellationToken ct) =>
        DoAsync(new MachinesCall("release", id, HttpMethod.Delete, Path(id) + "/lease") { Nonce = nonce }, ct);

    public async Task<IReadOnlyList<Volume>> VolumesAsync(CancellationToken ct) =>
        await _transport.SendAsync(new MachinesCall("list volumes", app, HttpMethod.Get, Volumes), MachinesJson.Default.ListVolume, ct).ConfigureAwait(false);

    public Task<Volume> CreateVolumeAsync(VolumeRequest request, Action<string>? report, CancellationToken ct) =>
        _transport.SendAsync(
            new MachinesCall("create volume", app, HttpMethod.Post, Volumes) { Body = Json(request, MachinesJson.Default.VolumeRequest), Repeatable = false, Report = report }, MachinesJson.Default.Volume, ct);

    /// <summary>Runs a program in a machine. Sent once: nobody knows what it does.</summary>
    public Task<ExecAnswer> ExecAsync(string id, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken ct) => _transport.SendAsync(
        new MachinesCall("exec", id, HttpMethod.Post, Path(id) + "/exec")
        {
            Body = Json(new ExecBody(command, (int)timeout.TotalSeconds), MachinesJson.Default.ExecBody),
            Repeatable = false,
            Patience = timeout + s_waitMargin,
        },
        MachinesJson.Default.ExecAnswer,
        ct);

    /// <summary>Nobody will ask for this machine any more.</summary>
    public void Forget(string id) => _transport.Pace.Forget(id);

    public void Dispose() => _transport.Dispose();

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private string Path(string id) => $"{Machines}/{Uri.EscapeDataString(id)}";

    private Task<Machine> AskAsync(MachinesCall call, CancellationToken ct) => _transport.SendAsync(call, MachinesJson.Default.Machine, ct);

    private Task<byte[]> DoAsync(MachinesCall call, CancellationToken ct) => _transport.SendAsync(call, ct);
}
