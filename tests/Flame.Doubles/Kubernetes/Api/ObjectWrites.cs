using System.Text.Json.Nodes;

namespace Flame.Doubles.Kubernetes;

/// <summary>create, update, patch, delete.</summary>
internal sealed class ObjectWrites(KubernetesDouble cluster)
{
    public async Task<JsonNode> CreateAsync(ApiRequest request)
    {
        if (request.Kind.Namespaced && request.Namespace.Length == 0) throw ApiError.MethodNotAllowed();
        var o = await RequestBody.ReadObjectAsync(request, cluster).ConfigureAwait(false);
        return Seen(request, Create(request, o));
    }

    public async Task<JsonNode> UpdateAsync(ApiRequest request)
    {
        var sent = await RequestBody.ReadObjectAsync(request, cluster).ConfigureAwait(false);
        if (sent.Text("metadata", "name") is { } name && name != request.Name) throw ApiError.BadRequest($"the name of the object ({name}) does not match the name on the URL ({request.Name})");
        return Seen(request, Change(request, _ => sent));
    }

    public async Task<JsonNode> PatchAsync(ApiRequest request)
    {
        var type = request.Http.Request.ContentType?.Split(';')[0].Trim() ?? "";
        var patch = await RequestBody.ReadAsync(request).ConfigureAwait(false);
        if (type == "application/apply-patch+yaml" && cluster.Store.Get(request.Key) is null && patch is JsonObject whole) return Seen(request, Create(request, Named(request, whole.Copy())));
        return Seen(request, Change(request, present =>
        {
            var patched = type switch
            {
                "application/json-patch+json" => JsonPatch.Apply(present, patch),
                "application/merge-patch+json" => (JsonObject)JsonPatch.Merge(present, Fields(patch))!,
                "application/strategic-merge-patch+json" or "application/apply-patch+yaml" => StrategicMerge.Apply(present, Fields(patch)),
                _ => throw ApiError.UnsupportedMediaType(type),
            };
            RequestBody.CheckFields(request, patched = patched.Copy(), cluster);
            return patched;
        }));
    }

    public async Task<JsonNode> DeleteAsync(ApiRequest request)
    {
        var options = await OptionsAsync(request).ConfigureAwait(false);
        return Delete(request, options);
    }

    public async Task<JsonNode> DeleteAllAsync(ApiRequest request)
    {
        var options = await OptionsAsync(request).ConfigureAwait(false);
        var matches = ObjectReads.Selection(request);
        var (items, revision) = cluster.Store.List(request.Kind, ObjectReads.Scope(request));
        var deleted = items.Where(matches).ToArray();
        foreach (var o in deleted) cluster.Store.TryChange(ObjectKey.Of(request.Kind, o), o.Text("metadata", "uid"), present => Deletion.Begin(cluster.Store.Time, request.Kind, present, options.Grace));
        return new JsonObject { ["kind"] = request.Kind.Kind + "List", ["apiVersion"] = request.Kind.ApiVersion, ["metadata"] = new JsonObject { ["resourceVersion"] = revision.Text() }, ["items"] = deleted.ToJson() };
    }

    /// <summary>A deletion that a disruption budget could refuse; there are none here.</summary>
    public async Task<JsonNode> EvictAsync(ApiRequest request)
    {
        var eviction = await RequestBody.ReadAsync(request).ConfigureAwait(false);
        cluster.Store.Change(request.Key, pod =>
        {
            PodStatus.Condition(pod.Branch("status"), cluster.Store.Time.GetUtcNow(), "DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting");
            return pod;
        });
        Delete(request, Options(request, eviction?["deleteOptions"] as JsonObject));
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201 };
    }

    private JsonObject Create(ApiRequest request, JsonObject o)
    {
        var kind = request.Kind;
        if (o.Text("metadata", "namespace") is { Length: > 0 } ns && ns != request.Namespace && kind.Namespaced) throw ApiError.BadRequest($"the namespace of the provided object does not match the namespace sent on the request");
        if (o.Text("metadata", "resourceVersion") is { Length: > 0 }) throw new ApiError(500, "InternalError", "resourceVersion should not be set on objects to be created");
        if (kind.Namespaced && cluster.Store.Get(new ObjectKey(ResourceKind.Namespaces, "", request.Namespace)) is null) throw ApiError.NotFound(ResourceKind.Namespaces, request.Namespace);
        ObjectDefaults.Apply(kind, request.Namespace, o);
        ObjectRules.Check(kind, o);
        var name = o.Text("metadata", "name")!;
        if (kind == ResourceKind.Pods && o.Text("spec", "serviceAccountName") is { } account && cluster.Store.Get(new ObjectKey(ResourceKind.ServiceAccounts, request.Namespace, account)) is null)
        {
            throw ApiError.Forbidden(kind, name, $"error looking up service account {request.Namespace}/{account}: serviceaccount \"{account}\" not found");
        }

        var key = new ObjectKey(kind, kind.Namespaced ? request.Namespace : "", name);
        if (IsDry(request)) return cluster.Store.Get(key) is null ? Imagined(request, o) : throw ApiError.AlreadyExists(kind, name);
        var created = cluster.Store.Create(key, o);
        if (kind == ResourceKind.Namespaces) cluster.Furnish(name);
        return created;
    }

    /// <summary>Whether everything is to be done but the writing; here only for what is created.</summary>
    private static bool IsDry(ApiRequest request) => request.Query("dryRun") switch
    {
        null or "" => false,
        "All" => true,
        var other => throw new ApiError(422, "Invalid", $"CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"{other}\": supported values: \"All\""),
    };

    private JsonObject Imagined(ApiRequest request, JsonObject o)
    {
        var metadata = o.Branch("metadata");
        if (request.Kind.Namespaced) metadata["namespace"] = request.Namespace;
        (metadata["uid"], metadata["creationTimestamp"]) = (Guid.NewGuid().ToString(), cluster.Store.Time.GetUtcNow().Rfc3339());
        return o;
    }

    private JsonObject Change(ApiRequest request, Func<JsonObject, JsonObject> change) => cluster.Store.Change(request.Key, before =>
    {
        var after = change(before.Copy()).Copy();
        var (kind, name) = (request.Kind, request.Name);
        var metadata = after.Branch("metadata");
        if (after.Text("metadata", "uid") is { Length: > 0 } uid && uid != before.Text("metadata", "uid")) throw ApiError.Conflict(kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {before.Text("metadata", "uid")}");
        if (after.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != before.Text("metadata", "resourceVersion")) throw ApiError.Conflict(kind, name);
        foreach (var field in new[] { "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generateName" }) metadata[field] = before["metadata"]![field]?.DeepClone();
        foreach (var field in metadata.Where(f => f.Value is null).Select(f => f.Key).ToArray()) metadata.Remove(field);
        if (metadata.Text("name") != name) throw ApiError.Invalid(kind, name, [FieldError.Invalid("metadata.name", metadata["name"]?.DeepClone(), "field is immutable")]);
        if (kind.Namespaced) metadata["namespace"] = request.Namespace;
        (after["kind"], after["apiVersion"]) = (kind.Kind, kind.ApiVersion);

        if (request.Subresource == "status")
        {
            // Only the status, and what of the metadata belongs to nobody in particular.
            var status = after["status"]?.DeepClone();
            after = before.Copy();
            after["status"] = status;
            return after;
        }

        if (kind.HasStatus) after["status"] = before["status"]?.DeepClone();
        if (kind == ResourceKind.Secrets) ObjectDefaults.Secret(after);
        ObjectRules.CheckUpdate(kind, before, after);
        if (kind == ResourceKind.Pods) Ungate(before, after);
        return Deletion.IsOver(after) ? null : after;
    });

    /// <summary>The last gate is gone: the condition that it stood for goes too.</summary>
    private static void Ungate(JsonObject before, JsonObject after)
    {
        if (after.Find("spec", "schedulingGates") is JsonArray { Count: 0 }) after.Branch("spec").Remove("schedulingGates");
        if (before.Items("spec", "schedulingGates").Length == 0 || after.Items("spec", "schedulingGates").Length > 0) return;
        var status = after.Branch("status");
        status["conditions"] = after.Items("status", "conditions").Where(c => c.Text("reason") != "SchedulingGated").ToJson();
        if (status["conditions"]!.AsArray().Count == 0) status.Remove("conditions");
    }

    private JsonObject Delete(ApiRequest request, DeleteOptions options)
    {
        var uid = "";
        var gone = cluster.Store.Change(request.Key, present =>
        {
            uid = present.Text("metadata", "uid")!;
            var version = present.Text("metadata", "resourceVersion");
            if (options.Uid is { } wanted && wanted != uid) throw ApiError.Conflict(request.Kind, request.Name, $"Precondition failed: UID in precondition: {wanted}, UID in object meta: {uid}");
            if (options.ResourceVersion is { } exact && exact != version) throw ApiError.Conflict(request.Kind, request.Name, $"Precondition failed: ResourceVersion in precondition: {exact}, ResourceVersion in object meta: {version}");
            return Deletion.Begin(cluster.Store.Time, request.Kind, present, options.Grace);
        });
        if (request.Kind == ResourceKind.Namespaces) cluster.Empty(request.Name);
        if (request.Kind == ResourceKind.Pods || request.Kind == ResourceKind.ServiceAccounts || request.Kind == ResourceKind.Namespaces) return gone;
        var details = new JsonObject { ["name"] = request.Name };
        if (request.Kind.Group.Length > 0) details["group"] = request.Kind.Group;
        (details["kind"], details["uid"]) = (request.Kind.Plural, uid);
        return new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details };
    }

    private JsonObject Seen(ApiRequest request, JsonObject o) => request.WantsTable ? TableView.Of(request.Kind, [o], o.Text("metadata", "resourceVersion")!, cluster.Store.Time) : o;

    private static JsonObject Named(ApiRequest request, JsonObject o)
    {
        o.Branch("metadata")["name"] = request.Name;
        return o;
    }

    private static JsonObject Fields(JsonNode? patch) => patch as JsonObject ?? throw ApiError.BadRequest("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");

    private static async Task<DeleteOptions> OptionsAsync(ApiRequest request) => Options(request, await RequestBody.ReadAsync(request).ConfigureAwait(false) as JsonObject);

    private static DeleteOptions Options(ApiRequest request, JsonObject? body) => new(
        body.Number("gracePeriodSeconds") ?? (long.TryParse(request.Query("gracePeriodSeconds"), out var seconds) ? seconds : null),
        body.Text("preconditions", "uid"),
        body.Text("preconditions", "resourceVersion"));

    private sealed record DeleteOptions(long? Grace, string? Uid, string? ResourceVersion);
}
