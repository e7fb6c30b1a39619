using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Flame.Build;

/// <summary>Walks the instructions of a method body.</summary>
internal static class Instructions
{
    private static readonly OperandType[] OneByte = new OperandType[0x100];
    private static readonly OperandType[] TwoBytes = new OperandType[0x100];

    static Instructions()
    {
        foreach (var field in typeof(OpCodes).GetFields())
        {
            if (field.GetValue(null) is not OpCode code) continue;
            var table = code.Size == 1 ? OneByte : TwoBytes;
            table[code.Value & 0xFF] = code.OperandType;
        }
    }

    /// <summary>The offset and the target of each <c>call</c> and <c>callvirt</c>.</summary>
    public static IEnumerable<(int Offset, EntityHandle Target)> CallsOf(MethodBodyBlock body)
    {
        var bytes = body.GetILBytes()!;
        for (var position = 0; position < bytes.Length;)
        {
            var offset = position;
            int code = bytes[position++];
            var isLong = code == 0xFE;
            if (isLong) code = bytes[position++];
            var operand = (isLong ? TwoBytes : OneByte)[code];
            if (!isLong && code is 0x28 or 0x6F)
                yield return (offset, MetadataTokens.EntityHandle(BitConverter.ToInt32(bytes, position)));
            position += SizeOf(operand, bytes, position);
        }
    }

    private static int SizeOf(OperandType operand, byte[] bytes, int position) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, position)),
        _ => 4,
    };
}
