global using Flame.EndToEnd;
global using Flame.EndToEnd.Tests.Calls;
global using Flame.EndToEnd.Tests.Processes;
global using Xunit;
