using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sweep;

/// <summary>A small transformer that reads a review and says what it thinks of it.</summary>
internal sealed class Classifier : nn.Module<Tensor, Tensor>
{
    private readonly Embedding _words;
    private readonly Embedding _places;
    private readonly TransformerEncoder _encoder;
    private readonly Linear _answer;

    public Classifier(int width, int heads) : base(nameof(Classifier))
    {
        _words = nn.Embedding(Corpus.Words, width);
        _places = nn.Embedding(Corpus.Length, width);
        _encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(width, heads, 2 * width, dropout: 0), num_layers: 2);
        _answer = nn.Linear(width, 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        using var places = arange(Corpus.Length, device: input.device);

        // The encoder takes places first, reviews second. What was asked stands at the first place, and so does the answer.
        var read = _encoder.call((_words.call(input) + _places.call(places)).transpose(0, 1), null, null);
        return _answer.call(read[0]).MoveToOuterDisposeScope();
    }
}
