namespace Flame;

/// <summary>
/// What is sent to stock executors, which have no program of their own, beside the program itself. Not thread-safe; used at start only.
/// </summary>
public sealed class FlameCodeOptions
{
    /// <summary>
    /// Files and folders that executors shall have too, where they are from the working directory: <c>models/small.onnx</c>, <c>scripts</c>. A folder is
    /// taken whole, without what <see cref="Ignore"/> names. They have the same paths in the executor's working directory.
    /// </summary>
    /// <value>Default: none.</value>
    public IList<string> CopyPaths { get; } = [];

    /// <summary>
    /// Names of files and folders that are left out of the program's folder and of those among <see cref="CopyPaths"/>; <c>*</c> stands for any characters.
    /// </summary>
    /// <value>Default: <c>.git</c>, <c>.vs</c>, <c>.idea</c>, <c>bin</c>, <c>obj</c>, <c>node_modules</c>, <c>__pycache__</c>, <c>.DS_Store</c>.</value>
    public IList<string> Ignore { get; } = [".git", ".vs", ".idea", "bin", "obj", "node_modules", "__pycache__", ".DS_Store"];

    /// <summary>The most bytes of a program with all that is copied. Positive.</summary>
    /// <value>Default: 2 GiB.</value>
    public long MaxSize { get; set; } = 2L * 1024 * 1024 * 1024;
}
