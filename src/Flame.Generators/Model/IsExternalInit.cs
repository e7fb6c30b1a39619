namespace System.Runtime.CompilerServices;

// The compiler asks for this type when a netstandard2.0 project declares records.
internal static class IsExternalInit;
