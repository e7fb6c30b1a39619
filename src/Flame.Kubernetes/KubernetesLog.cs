using Microsoft.Extensions.Logging;

namespace Flame.Kubernetes;

/// <summary>Every log message of this backend, with its stable id.</summary>
internal static partial class KubernetesLog
{
    [LoggerMessage(3030, LogLevel.Warning, "FLM3030 the watch of executor pods broke and begins anew: {Reason}")]
    public static partial void WatchBroke(ILogger logger, string reason);

    [LoggerMessage(3031, LogLevel.Information, "FLM3031 {Pods} pods and {Leases} leases that an earlier run left behind were removed")]
    public static partial void Swept(ILogger logger, int pods, int leases);

    [LoggerMessage(3032, LogLevel.Warning, "FLM3032 pod {Pod} of an executor could not be removed yet: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string pod, string reason);

    [LoggerMessage(3033, LogLevel.Warning, "FLM3033 the lease of this parent could not be renewed: {Reason}")]
    public static partial void NotRenewed(ILogger logger, string reason);

    [LoggerMessage(3034, LogLevel.Warning, "FLM3034 {Executor} could not be reached through the API server, and will be tried again: {Reason}")]
    public static partial void NotReached(ILogger logger, string executor, string reason);

    [LoggerMessage(3035, LogLevel.Information, "FLM3035 executors are pods of {Image} in namespace {Namespace} of {Cluster}; {Dialling}")]
    public static partial void Opened(ILogger logger, string image, string @namespace, string cluster, string dialling);
}
