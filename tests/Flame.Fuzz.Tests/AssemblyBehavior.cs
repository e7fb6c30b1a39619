using Xunit.Sdk;
using Xunit.v3;

// What is allocated is counted for the whole process where a target works on many threads.
[assembly: Parallelization(Mode = ParallelMode.None)]
