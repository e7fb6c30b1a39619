// What any .NET program pays before its first line: the yardstick of a cold call.
System.Console.WriteLine("1");
if (args.Length > 0) System.Console.ReadLine();
