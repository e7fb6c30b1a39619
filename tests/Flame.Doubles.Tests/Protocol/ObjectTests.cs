using System.Net;

namespace Flame.Doubles.Tests;

public sealed class ObjectTests
{
    [Fact]
    public async Task What_is_created_has_an_identity_and_can_be_read_and_listed()
    {
        await using var test = await TestCluster.StartAsync();
        var created = await test.CreateAsync("secrets", TestCluster.SecretOf("s1", ("key", "value")));

        Assert.Equal("dmFsdWU=", created.Text("data", "key"));
        Assert.Null(created["stringData"]);
        Assert.Equal("Opaque", created.Text("type"));
        Assert.True(Guid.TryParse(created.Text("metadata", "uid"), out _));
        Assert.NotNull(created.Text("metadata", "resourceVersion"));
        Assert.EndsWith("Z", created.Text("metadata", "creationTimestamp"));
        Assert.True(JsonNode.DeepEquals(created, await test.GetAsync(TestCluster.Path("secrets", "s1"))));
        var list = await test.GetAsync(TestCluster.Path("secrets"));
        Assert.Equal("SecretList", list.Text("kind"));
        Assert.Equal("s1", Assert.Single(list.Items("items")).Text("metadata", "name"));
    }

    [Fact]
    public async Task A_generated_name_is_new_each_time()
    {
        await using var test = await TestCluster.StartAsync();
        var secret = TestCluster.SecretOf("");
        secret["metadata"] = new JsonObject { ["generateName"] = "flame-" };
        var names = new[] { await test.CreateAsync("secrets", secret), await test.CreateAsync("secrets", secret) }.Select(s => s.Text("metadata", "name")).ToArray();
        Assert.All(names, name => Assert.Matches("^flame-[a-z0-9]{5}$", name));
        Assert.NotEqual(names[0], names[1]);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_a_conflict()
    {
        await using var test = await TestCluster.StartAsync();
        await test.CreateAsync("secrets", TestCluster.SecretOf("s1"));
        var status = await test.CreateAsync("secrets", TestCluster.SecretOf("s1"), HttpStatusCode.Conflict);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets \"s1\" already exists","reason":"AlreadyExists","details":{"name":"s1","kind":"secrets"},"code":409}""", status.Compact());
    }

    [Fact]
    public async Task A_dry_run_checks_all_and_writes_nothing()
    {
        await using var test = await TestCluster.StartAsync();
        var path = TestCluster.Path("pods") + "?dryRun=All";
        var imagined = await test.SendAsync(HttpMethod.Post, path, TestCluster.PodOf("p1"), HttpStatusCode.Created);
        Assert.True(Guid.TryParse(imagined.Text("metadata", "uid"), out _));
        Assert.Equal("default", imagined.Text("spec", "serviceAccountName"));
        Assert.Empty(test.Cluster.Pods);

        var wrong = await test.SendAsync(HttpMethod.Post, path, TestCluster.PodOf("p1", change: p => p.Items("spec", "containers")[0]["imagePullPolicy"] = "Sometimes"), HttpStatusCode.UnprocessableEntity);
        Assert.Equal("Pod \"p1\" is invalid: spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"IfNotPresent\", \"Never\"", wrong.Text("message"));
        await test.CreateAsync("pods", TestCluster.PodOf("p1"));
        await test.SendAsync(HttpMethod.Post, path, TestCluster.PodOf("p1"), HttpStatusCode.Conflict);
        await test.SendAsync(HttpMethod.Post, TestCluster.Path("pods") + "?dryRun=Some", TestCluster.PodOf("p2"), HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Volumes_have_names_of_their_own_and_mounts_have_volumes()
    {
        await using var test = await TestCluster.StartAsync();
        var status = await test.CreateAsync("pods", TestCluster.PodOf("p1", change: p =>
        {
            p["spec"]!["volumes"] = new JsonArray(Volume(), Volume());
            p.Items("spec", "containers")[0]["volumeMounts"] = new JsonArray(Mount("none", "/x"), Mount("v", "/y"), Mount("v", "/y"));
        }), HttpStatusCode.UnprocessableEntity);
        Assert.Equal(
            ["spec.volumes[1].name: Duplicate value: \"v\"", "spec.containers[0].volumeMounts[0].name: Not found: \"none\"", "spec.containers[0].volumeMounts[2].mountPath: Invalid value: \"/y\": must be unique"],
            status.Items("details", "causes").Select(c => $"{c.Text("field")}: {c.Text("message")}"));

        static JsonObject Volume() => new() { ["name"] = "v", ["emptyDir"] = new JsonObject() };
        static JsonObject Mount(string name, string path) => new() { ["name"] = name, ["mountPath"] = path };
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        await using var test = await TestCluster.StartAsync();
        var status = await test.GetAsync(TestCluster.Path("pods", "no"), HttpStatusCode.NotFound);
        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"no\" not found","reason":"NotFound","details":{"name":"no","kind":"pods"},"code":404}""", status.Compact());
        Assert.Equal("namespaces \"no\" not found", (await test.SendAsync(HttpMethod.Post, "/api/v1/namespaces/no/pods", TestCluster.PodOf("p"), HttpStatusCode.NotFound)).Text("message"));
        Assert.Equal("the server could not find the requested resource", (await test.GetAsync("/api/v1/widgets", HttpStatusCode.NotFound)).Text("message"));
    }

    [Fact]
    public async Task A_stale_write_is_a_conflict_and_changes_nothing()
    {
        await using var test = await TestCluster.StartAsync();
        var first = await test.CreateAsync("configmaps", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "c" }, ["data"] = new JsonObject { ["a"] = "1" } });
        var second = (JsonObject)first.DeepClone();
        second["data"]!["a"] = "2";
        var updated = await test.SendAsync(HttpMethod.Put, TestCluster.Path("configmaps", "c"), second);
        Assert.NotEqual(first.Text("metadata", "resourceVersion"), updated.Text("metadata", "resourceVersion"));

        var status = await test.SendAsync(HttpMethod.Put, TestCluster.Path("configmaps", "c"), first, HttpStatusCode.Conflict);
        Assert.Equal("Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply your changes to the latest version and try again", status.Text("message"));
        Assert.Equal("2", (await test.GetAsync(TestCluster.Path("configmaps", "c"))).Text("data", "a"));
    }

    [Fact]
    public async Task A_write_that_changes_nothing_is_none()
    {
        await using var test = await TestCluster.StartAsync();
        var secret = await test.CreateAsync("secrets", TestCluster.SecretOf("s1", ("a", "b")));
        var again = await test.SendAsync(HttpMethod.Put, TestCluster.Path("secrets", "s1"), secret);
        Assert.Equal(secret.Text("metadata", "resourceVersion"), again.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task An_invalid_object_is_refused_with_all_its_causes()
    {
        await using var test = await TestCluster.StartAsync();
        var status = await test.CreateAsync("pods", new JsonObject { ["metadata"] = new JsonObject { ["name"] = "p" }, ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "Bad_" }) } }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("Invalid", status.Text("reason"));
        Assert.StartsWith("Pod \"p\" is invalid: [spec.containers[0].name: Invalid value: \"Bad_\": a lowercase RFC 1123 label must consist of", status.Text("message"), StringComparison.Ordinal);
        Assert.Equal(["spec.containers[0].name", "spec.containers[0].image"], status.Items("details", "causes").Select(c => c.Text("field")));
        Assert.Equal(["FieldValueInvalid", "FieldValueRequired"], status.Items("details", "causes").Select(c => c.Text("reason")));

        var unnamed = await test.CreateAsync("secrets", TestCluster.SecretOf("Not_A_Name"), HttpStatusCode.UnprocessableEntity);
        Assert.StartsWith("Secret \"Not_A_Name\" is invalid: metadata.name: Invalid value: \"Not_A_Name\": a lowercase RFC 1123 subdomain must", unnamed.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_that_no_object_has_is_dropped_and_noticed()
    {
        await using var test = await TestCluster.StartAsync();
        var pod = TestCluster.PodOf("p", change: p => p["spec"]!["nodeNames"] = "x");
        var strict = await test.SendAsync(HttpMethod.Post, TestCluster.Path("pods") + "?fieldValidation=Strict", pod, HttpStatusCode.BadRequest);
        Assert.Equal("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field \"spec.nodeNames\"", strict.Text("message"));

        var created = await test.CreateAsync("pods", pod);
        Assert.Null(created.Find("spec", "nodeNames"));
        Assert.Equal("create pods: unknown field \"spec.nodeNames\"", test.Cluster.Objections[^1]);
    }

    [Fact]
    public async Task Labels_and_fields_select()
    {
        await using var test = await TestCluster.StartAsync();
        foreach (var (name, app, tier) in new[] { ("a", "x", "1"), ("b", "x", "2"), ("c", "y", "1") })
        {
            var secret = TestCluster.SecretOf(name);
            secret["metadata"]!["labels"] = new JsonObject { ["app"] = app, ["tier"] = tier };
            await test.CreateAsync("secrets", secret);
        }

        async Task<string> Select(string query) => string.Concat((await test.GetAsync($"{TestCluster.Path("secrets")}?{query}")).Items("items").Select(s => s.Text("metadata", "name")));
        Assert.Equal("ab", await Select("labelSelector=app%3Dx"));
        Assert.Equal("b", await Select("labelSelector=app%3Dx,tier!%3D1"));
        Assert.Equal("bc", await Select("labelSelector=" + Uri.EscapeDataString("tier in (2, 3)") + "&x=") + await Select("labelSelector=" + Uri.EscapeDataString("app notin (x)")));
        Assert.Equal("", await Select("labelSelector=!app"));
        Assert.Equal("c", await Select("fieldSelector=metadata.name%3Dc"));
        Assert.Equal("ab", await Select("fieldSelector=metadata.name!%3Dc"));
        Assert.Equal("field label not supported: spec.foo", (await test.GetAsync(TestCluster.Path("pods") + "?fieldSelector=spec.foo%3D1", HttpStatusCode.BadRequest)).Text("message")![^"field label not supported: spec.foo".Length..]);
    }

    [Fact]
    public async Task Long_lists_come_in_pages()
    {
        await using var test = await TestCluster.StartAsync();
        for (var i = 0; i < 5; i++) await test.CreateAsync("secrets", TestCluster.SecretOf($"s{i}"));
        var names = new List<string>();
        var token = "";
        do
        {
            var page = await test.GetAsync($"{TestCluster.Path("secrets")}?limit=2&continue={Uri.EscapeDataString(token)}");
            names.AddRange(page.Items("items").Select(s => s.Text("metadata", "name")!));
            token = page.Text("metadata", "continue") ?? "";
            if (names.Count == 2)
            {
                Assert.Equal(3, page.Number("metadata", "remainingItemCount"));
            }
        }
        while (token.Length > 0);
        Assert.Equal(["s0", "s1", "s2", "s3", "s4"], names);

        token = (await test.GetAsync($"{TestCluster.Path("secrets")}?limit=2")).Text("metadata", "continue")!;
        test.Cluster.Faults.CompactHistory();
        Assert.Equal("Expired", (await test.GetAsync($"{TestCluster.Path("secrets")}?limit=2&continue={Uri.EscapeDataString(token)}", HttpStatusCode.Gone)).Text("reason"));
    }
}
