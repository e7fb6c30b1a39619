using Microsoft.CodeAnalysis.Simplification;

namespace Flame.CodeFixes;

/// <summary>Types and attributes by their full names, which the simplifier shortens where they are written.</summary>
internal static class FullNames
{
    public static TypeSyntax Type(string name) =>
        SyntaxFactory.ParseTypeName("global::" + name).WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary>A type that something is called on.</summary>
    public static ExpressionSyntax Expression(string name) =>
        SyntaxFactory.ParseExpression("global::" + name).WithAdditionalAnnotations(Simplifier.Annotation);

    /// <summary>The parameter with an attribute in front.</summary>
    public static ParameterSyntax Mark(ParameterSyntax parameter, string attribute)
    {
        var bare = parameter.WithLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, Attribute(attribute, parameter.GetLeadingTrivia())));
    }

    /// <summary>The member or type with an attribute in front, behind its comments.</summary>
    public static MemberDeclarationSyntax Mark(MemberDeclarationSyntax member, string attribute)
    {
        var bare = member.WithLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, Attribute(attribute, member.GetLeadingTrivia())));
    }

    private static AttributeListSyntax Attribute(string name, SyntaxTriviaList leading) =>
        SyntaxFactory.AttributeList([SyntaxFactory.Attribute((NameSyntax)Type(name))]).WithLeadingTrivia(leading).WithTrailingTrivia(SyntaxFactory.Space);
}
