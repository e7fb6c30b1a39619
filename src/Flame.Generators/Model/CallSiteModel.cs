namespace Flame.Generators.Model;

/// <summary>A direct call that can be intercepted.</summary>
/// <param name="Method">The called method.</param>
/// <param name="Reduced">Whether it is called as an extension: <c>first.Method(…)</c>.</param>
/// <param name="Version">The version of the location's encoding.</param>
/// <param name="Data">The location, as the compiler encodes it.</param>
/// <param name="Display">The location, as people read it.</param>
internal sealed record CallSiteModel(MethodModel Method, bool Reduced, int Version, string Data, string Display);
