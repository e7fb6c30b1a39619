using Xunit.Sdk;
using Xunit.v3;

// Every test boots processes of its own; side by side they would only fight for the processors.
[assembly: Parallelization(Mode = ParallelMode.None)]
