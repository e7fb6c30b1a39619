global using System.Text.Json.Nodes;
global using Flame.Doubles.Kubernetes;
global using Xunit;
