using Xunit.Sdk;
using Xunit.v3;

// What makes this process a pod are variables of the whole process, and every test boots processes of its own.
[assembly: Parallelization(Mode = ParallelMode.None)]
