using Microsoft.CodeAnalysis;

namespace Flame.Generators.Analysis;

/// <summary>Everything that can be said at compile time. Each has a page in docs/rules.</summary>
internal static class Rules
{
    private const string Category = "Flame";
    private const string Help = "https://github.com/flame-dotnet/flame/blob/main/docs/rules/";

    // The ids stand here as literals, so that release tracking sees them and a search for one finds it.
    public static readonly DiagnosticDescriptor ReturnType = new(
        "FLM0101", "A marked method returns something to await",
        "'{0}' returns {1}: a marked method returns Task, Task<T>, ValueTask, ValueTask<T> or IAsyncEnumerable<T>, because the answer comes from elsewhere",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0101.md");

    public static readonly DiagnosticDescriptor ByReference = new(
        "FLM0102", "A parameter names a place in this process",
        "'{0}' cannot run on a pool: parameter '{1}' ({2}) is passed by reference, is a span or a pointer; pass a value, an array or ReadOnlyMemory<T>",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0102.md");

    public static readonly DiagnosticDescriptor NotYetBridged = new(
        "FLM0103", "A live parameter of a kind that cannot be sent",
        "'{0}' cannot run on a pool: parameter '{1}' ({2}) is a live object of a kind that is not bridged; take a Stream, an IAsyncEnumerable<T> or an IProgress<T>, or send the data",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0103.md");

    public static readonly DiagnosticDescriptor Unreachable = new(
        "FLM0104", "A marked method is hidden from generated code",
        "Generated code cannot call '{0}': make it, and every type around it, internal or public",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0104.md");

    public static readonly DiagnosticDescriptor Generic = new(
        "FLM0105", "Generic methods and types are not supported yet",
        "'{0}' is generic, or its type is, which is not supported yet: mark a method for each type you need, and let it call the generic one",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0105.md");

    public static readonly DiagnosticDescriptor OpenMethod = new(
        "FLM0106", "A marked method is decided at run time",
        "'{0}' is abstract, virtual, an override, extern or a member of an interface or an extension block: mark an ordinary method with a body, so that both sides run the same one",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0106.md");

    public static readonly DiagnosticDescriptor LocalFunction = new(
        "FLM0107", "A local function cannot be marked",
        "'{0}' is a local function, which has no address on another process: make it a method",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0107.md");

    public static readonly DiagnosticDescriptor BadTimeout = new(
        "FLM0108", "The timeout is not a positive TimeSpan",
        "The Timeout of '{0}' is \"{1}\": write a positive TimeSpan as hh:mm:ss, for example \"00:01:30\"",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0108.md");

    public static readonly DiagnosticDescriptor IdCollision = new(
        "FLM0109", "Two marked methods have the same id",
        "'{0}' and '{1}' have the same id on the wire: give one of them another [Flame(Name = …)]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0109.md", customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor UnknownPool = new(
        "FLM0110", "No such pool is declared here",
        "'{0}' runs on pool '{1}', but this project declares: {2}",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0110.md", customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor Receiver = new(
        "FLM0111", "The receiver cannot be resolved",
        "'{0}' is an instance method of '{1}', which is not a class: the executor resolves the receiver from its container; make the method static, or its type a class",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0111.md");

    public static readonly DiagnosticDescriptor SecondToken = new(
        "FLM0112", "One token is enough",
        "'{0}' has a second CancellationToken, '{1}': the executor has only one to give",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0112.md");

    public static readonly DiagnosticDescriptor Hook = new(
        "FLM0113", "A hook cannot be run",
        "An executor cannot run the hook '{0}': {1}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0113.md");

    public static readonly DiagnosticDescriptor NotInjectable = new(
        "FLM0114", "A class cannot be injected by a proxy",
        "'{0}' cannot be injected as '{1}': {2}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0114.md");

    public static readonly DiagnosticDescriptor NothingRemote = new(
        "FLM0115", "Nothing of an injected class runs on a pool",
        "No method of '{0}' that implements '{1}' is marked with [Flame], so everything runs in place: mark one, or register the class without a proxy",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0115.md");

    public static readonly DiagnosticDescriptor BatchForm = new(
        "FLM0118", "A method cannot be called in batches",
        "'{0}' cannot be called in batches: {1}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0118.md");

    public static readonly DiagnosticDescriptor BatchLimits = new(
        "FLM0119", "A limit of a batch is out of range",
        "'{0}' cannot be called in batches: {1}",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0119.md");

    public static readonly DiagnosticDescriptor ArgumentNotSerializable = new(
        "FLM0201", "An argument cannot be sent",
        "'{0}' cannot run on a pool: '{1}' ({2}) cannot be sent; make its type [MemoryPackable], leave the member out with [MemoryPackIgnore], or mark the parameter [FromServices]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0201.md");

    public static readonly DiagnosticDescriptor ResultNotSerializable = new(
        "FLM0202", "The result cannot be sent back",
        "'{0}' cannot run on a pool: '{1}' ({2}) cannot be sent back; make its type [MemoryPackable], or leave the member out with [MemoryPackIgnore]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0202.md");

    public static readonly DiagnosticDescriptor CaptureNotSerializable = new(
        "FLM0301", "A block captures what cannot be sent",
        "The block captures '{0}' ({1}), which cannot be sent to an executor: copy what you need of it to a local variable in front of the call, make its type [MemoryPackable], or make it on the executor, inside the block",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0301.md");

    public static readonly DiagnosticDescriptor BlockElsewhere = new(
        "FLM0302", "A block is written where it is handed over",
        "'{0}' cannot be sent: a block must be a lambda, a local function or a method that is written right at the call, so that what it captures is known",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0302.md");

    public static readonly DiagnosticDescriptor BlockWrites = new(
        "FLM0303", "A block changes a copy",
        "The block gives '{0}' another value, which stays on the executor: the caller's variable keeps the old one; return the value instead",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0303.md");

    public static readonly DiagnosticDescriptor BlockThis = new(
        "FLM0304", "A block uses an object that cannot be sent",
        "The block uses '{0}' and with it the whole '{1}', which cannot be sent: use its fields only, make the method static, make the type [MemoryPackable], or mark a method of it with [Flame]",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0304.md");

    public static readonly DiagnosticDescriptor BlockType = new(
        "FLM0305", "A block uses a type that is hidden from generated code",
        "Generated code cannot name '{0}', which the block captures or returns: make it, and every type around it, internal or public",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0305.md");

    public static readonly DiagnosticDescriptor BlockResult = new(
        "FLM0306", "A block returns what must be awaited there",
        "The block returns {0}: make it an async lambda that awaits it, use StreamAsync for items, and ForEachAsync where nothing comes back",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0306.md");

    public static readonly DiagnosticDescriptor BlockBorrows = new(
        "FLM0308", "A block cannot borrow this here",
        "The block captures '{0}', which stays with the caller: nobody waits for a cast, and generic code cannot say what crosses; use CallAsync, in code that is not generic",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0308.md");

    public static readonly DiagnosticDescriptor OpenMapping = new(
        "FLM0309", "A mapping in generic code is not supported yet",
        "Items, results or captured values of this mapping have types that only generic code knows: map in code that is not generic, or hand each item to CallAsync",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0309.md");

    public static readonly DiagnosticDescriptor BlockForm = new(
        "FLM0307", "A block uses a generated form of a marked method",
        "The block uses '{0}', which the generator that sends the block has not made yet when it looks at it: call the method plainly, on the executor it runs in place",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0307.md");

    public static readonly DiagnosticDescriptor PlacedMethod = new(
        "FLM0310", "A method of a placed object cannot be called from elsewhere",
        "'{0}' cannot be called on a handle: {1}; make it internal to leave it out",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0310.md");

    public static readonly DiagnosticDescriptor NotPlaceable = new(
        "FLM0311", "An object of this class cannot be placed",
        "'{0}' cannot be placed: mark the class [FlameObject], so that its handle has its methods",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM0311.md");

    public static readonly DiagnosticDescriptor ExpressionTree = new(
        "FLM0401", "A call inside an expression tree",
        "'{0}' is called inside an expression tree, which knows nothing of pools, and would run in place: call it outside",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0401.md");

    public static readonly DiagnosticDescriptor MethodGroup = new(
        "FLM0402", "A delegate of a marked method runs in place",
        "'{0}' as a delegate runs in place: a method group cannot become remote by itself; use '{1}', or .Local to say that this is meant",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0402.md");

    public static readonly DiagnosticDescriptor Dynamic = new(
        "FLM0404", "A dynamic call may run in place",
        "This dynamic call may reach the marked method '{0}', and would run it in place: call it on a typed receiver",
        Category, DiagnosticSeverity.Warning, true, helpLinkUri: Help + "FLM0404.md", customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor Crash = new(
        "FLM9999", "The generator failed at this method",
        "Flame's generator failed at '{0}': {1}; the other methods are not affected, please report it",
        Category, DiagnosticSeverity.Error, true, helpLinkUri: Help + "FLM9999.md");
}
