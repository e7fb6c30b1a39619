global using Xunit;

// What is allocated is counted for the whole process where a target works on many threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
