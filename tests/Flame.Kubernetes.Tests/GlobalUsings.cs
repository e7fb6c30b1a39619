global using Flame.EndToEnd;
global using Flame.EndToEnd.Tests.Calls;
global using Flame.EndToEnd.Tests.Processes;
global using Xunit;
global using System.Text.Json.Nodes;
global using Flame.Doubles.Kubernetes;
global using ClusterOptions = Flame.Doubles.Kubernetes.KubernetesOptions;
global using KubernetesOptions = Flame.Kubernetes.KubernetesOptions;
