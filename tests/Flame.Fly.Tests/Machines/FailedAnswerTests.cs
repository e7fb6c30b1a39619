using System.Net;
using System.Text;
using Flame.Fly.Machines;

namespace Flame.Fly.Tests.Machines;

public sealed class FailedAnswerTests
{
    private static readonly FlyToken s_token = FlyToken.Parse("fm2_secret")!;

    // The bodies are those of FLY.md, 1.6.
    public static TheoryData<int, string, string> Answers => new()
    {
        { 400, """{"error":"invalid_argument: something"}""", nameof(MachinesFailure.Invalid) },
        { 400, """{"error":"no capacity"}""", nameof(MachinesFailure.RegionFull) },
        { 401, "", nameof(MachinesFailure.Refused) },
        { 403, """{"error":"over the allowed quota"}""", nameof(MachinesFailure.Quota) },
        { 403, """{"error":"unauthorized"}""", nameof(MachinesFailure.Refused) },
        { 404, """{"error":"invalid machine ID, 'x'"}""", nameof(MachinesFailure.NotFound) },
        { 408, """{"error":"deadline_exceeded: …"}""", nameof(MachinesFailure.Unanswered) },
        { 409, """{"error":"aborted: could not reserve resource for machine: insufficient memory available to fulfill request on the current host"}""", nameof(MachinesFailure.HostFull) },
        { 409, """{"error":"aborted: insufficient IPs available to fulfill request"}""", nameof(MachinesFailure.HostFull) },
        { 409, """{"error":"aborted: no capacity"}""", nameof(MachinesFailure.RegionFull) },
        { 409, """{"error":"already_exists: unique machine name violation, machine ID 3d8d already exists with name \"n\""}""", nameof(MachinesFailure.NameTaken) },
        { 409, """{"error":"it is","status":"name_taken"}""", nameof(MachinesFailure.NameTaken) },
        { 409, """{"status":"error","message":"machine ID X lease currently held by hello@fly.io, expires at 2026-01-01T00:00:00Z"}""", nameof(MachinesFailure.Leased) },
        { 409, """{"error":"aborted: machine update failed due to concurrent update"}""", nameof(MachinesFailure.Conflict) },
        { 409, "", nameof(MachinesFailure.Conflict) },
        { 412, """{"error":"insufficient resources to create new machine with existing volume id 'vol_1'","status":"volume_placement_capacity"}""", nameof(MachinesFailure.VolumeHostFull) },
        { 412, """{"error":"insufficient resources to create new machine with existing volume id 'vol_1'"}""", nameof(MachinesFailure.VolumeHostFull) },
        { 412, """{"error":"failed_precondition: machine getting replaced, refusing to start"}""", nameof(MachinesFailure.WrongState) },
        { 422, """{"error":"could not find a candidate host","status":"insufficient_capacity"}""", nameof(MachinesFailure.RegionFull) },
        { 422, """{"error":"could not find a candidate host"}""", nameof(MachinesFailure.RegionFull) },
        { 422, """{"error":"To create more than 1 machine per app please add a payment method"}""", nameof(MachinesFailure.Invalid) },
        { 429, "rate limit exceeded", nameof(MachinesFailure.Throttled) },
        { 500, "<html>", nameof(MachinesFailure.Unanswered) },
        { 503, "", nameof(MachinesFailure.Unanswered) },
        { 418, "[1,2", nameof(MachinesFailure.Invalid) },
        { 409, """{"error":{"deep":1},"status":["odd"]}""", nameof(MachinesFailure.Conflict) },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Each_answer_has_one_meaning(int status, string body, string failure) => Assert.Equal(failure, Read(status, body).Failure.ToString());

    [Fact]
    public void The_holder_of_a_name_is_told() =>
        Assert.Equal("3d8d", Read(409, """{"error":"already_exists: unique machine name violation, machine ID 3d8d already exists with name \"n\""}""").Holder);

    [Fact]
    public void The_message_has_the_words_of_the_api_its_request_and_no_token()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.UnprocessableEntity) { Headers = { { "fly-request-id", "01ABC" } } };
        var error = FailedAnswer.Read("create", response, Encoding.UTF8.GetBytes("""{"error":"no: fm2_secret"}"""), s_token, default);

        Assert.Equal("Fly answered 422 to create: no: … (request 01ABC)", error.Message);
    }

    [Fact]
    public void A_proxy_that_checks_our_requests_means_that_they_are_wrong()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.UnprocessableEntity) { Content = new StringContent("{}", Encoding.UTF8, "application/problem+json") };

        Assert.Equal(MachinesFailure.Invalid, FailedAnswer.Read("create", response, "{}"u8.ToArray(), s_token, default).Failure);
    }

    [Fact]
    public void Retry_After_is_read_in_both_of_its_forms()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var seconds = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "7" } } };
        using var date = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", now.AddSeconds(9).ToString("R") } } };

        Assert.Equal(TimeSpan.FromSeconds(7), FailedAnswer.Read("create", seconds, [], s_token, now).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(9), FailedAnswer.Read("create", date, [], s_token, now).RetryAfter);
    }

    private static MachinesException Read(int status, string body)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        return FailedAnswer.Read("create", response, Encoding.UTF8.GetBytes(body), s_token, default);
    }
}
