namespace Flame.Fly;

/// <summary>
/// Where and how executors run as Fly Machines. On Fly everything needed has a default except the token. What is wrong
/// is reported at start, all at once. Not thread-safe while being configured; read-only afterwards.
/// </summary>
/// <remarks>The size of a machine comes from <see cref="Cpus"/> and <see cref="MemoryMiB"/>, else from the pool's resources.</remarks>
public sealed class FlyOptions
{
    /// <summary>The API token, with or without its scheme (<c>FlyV1 fm2_…</c>). A secret: it is in no exception, log or text.</summary>
    /// <value>Default: the environment variable <c>FLY_API_TOKEN</c>.</value>
    public string? Token { get; set; }

    /// <summary>The application that machines are made in.</summary>
    /// <value>Default: the environment variable <c>FLY_APP_NAME</c>, the parent's own application.</value>
    public string? App { get; set; }

    /// <summary>The image of the machines. It must hold the same build as the parent.</summary>
    /// <value>Default: the environment variable <c>FLY_IMAGE_REF</c>, the parent's own image.</value>
    public string? Image { get; set; }

    /// <summary>The API's address without <c>/v1</c>: <c>https</c>, or <c>http</c> to loopback or a name under <c>.internal</c>.</summary>
    /// <value>Default: <c>https://api.machines.dev</c>. Within Fly's private network also <c>http://_api.internal:4280</c>.</value>
    public string ApiHost { get; set; } = "https://api.machines.dev";

    /// <summary>The regions, in the order to try: where one has no capacity, the next is taken.</summary>
    /// <value>Default: the environment variable <c>FLY_REGION</c>, the parent's own; without it, Fly chooses.</value>
    public IList<string> Regions { get; } = [];

    /// <summary><c>shared</c> or <c>performance</c>.</summary>
    /// <value>Default: <c>performance</c>.</value>
    public string CpuKind { get; set; } = "performance";

    /// <summary>Processors: 1, 2, 4, 6 or 8; of kind <c>performance</c> also 10, 12, 14 or 16.</summary>
    /// <value>Default: the pool's resources, else as many as the parent has, both rounded up to a size that exists.</value>
    public int? Cpus { get; set; }

    /// <summary>Memory in MiB, a multiple of 256: per processor 256 to 2048 where shared, 2048 to 8192 where not.</summary>
    /// <value>Default: the pool's resources, else 4096, or what the processors need at least or may have at most.</value>
    public int? MemoryMiB { get; set; }

    /// <summary>Environment variables of the machines, beside the application's secrets. Nothing of the parent's environment is inherited.</summary>
    /// <value>Default: the parent's <c>DOTNET_ENVIRONMENT</c> and <c>ASPNETCORE_ENVIRONMENT</c>, where it has them.</value>
    public IDictionary<string, string> Env { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>More metadata of the machines. Keys that begin with <c>flame_</c> are taken.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the machines start instead of what the image says.</summary>
    public FlyInit Init { get; } = new();

    /// <summary>Volumes to mount. A machine can have one.</summary>
    public IList<FlyMount> Mounts { get; } = [];

    /// <summary>Services through which Fly's proxy reaches the machines. Executors need none.</summary>
    public IList<FlyService> Services { get; } = [];

    /// <summary>The signal that Fly sends to stop a machine; an executor takes SIGTERM and SIGINT as the wish to drain.</summary>
    /// <value>Default: <c>SIGTERM</c>.</value>
    public string StopSignal { get; set; } = "SIGTERM";

    /// <summary>How long a machine has after that signal before it is killed. Positive, whole seconds.</summary>
    /// <value>Default: the pool's <see cref="FlamePoolOptions.ShutdownTimeout"/>, rounded up.</value>
    public TimeSpan? StopTimeout { get; set; }

    /// <summary>Whether the machines stay out of the application's internal names.</summary>
    /// <value>Default: <see langword="true"/>: <c>&lt;app&gt;.internal</c> means machines that serve.</value>
    public bool SkipDnsRegistration { get; set; } = true;

    /// <summary>
    /// How many machines are kept stopped at most, per pool, to be started again by a later boot of the same build: faster
    /// than a new one, and their disk is paid for. 0: every machine is removed at its end. From 0 to 1,000.
    /// </summary>
    /// <value>Default: 0.</value>
    public int KeepStopped { get; set; }

    /// <summary>The address that the parent binds for its executors.</summary>
    /// <value>Default: the environment variable <c>FLY_PRIVATE_IP</c>, the parent's address in the private network.</value>
    public string? LinkAddress { get; set; }

    /// <summary>The port that the parent binds for its executors; 0 takes a free one. From 0 to 65,535.</summary>
    /// <value>Default: 0.</value>
    public int LinkPort { get; set; }

    /// <summary>The addresses or names under which executors find the parent, in the order to try.</summary>
    /// <value>Default: <see cref="LinkAddress"/>, and <c>&lt;machine&gt;.vm.&lt;app&gt;.internal</c> where the parent is a machine.</value>
    public IList<string> LinkHosts { get; } = [];

    /// <summary>Neither encrypts the link nor lets executors know that it is the parent who answers: the private network alone protects it.</summary>
    /// <value>Default: <see langword="false"/>: TLS 1.3 with a pinned certificate.</value>
    public bool AllowPlainText { get; set; }

    /// <inheritdoc />
    public override string ToString() => $"{nameof(FlyOptions)} {App} {Image}";
}
