using Flame;
using Flame.Stock;

return await StockExecutor.RunAsync(Environment.GetEnvironmentVariable).ConfigureAwait(false);
