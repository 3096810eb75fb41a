// Preloaded into a measured process: writes what it used when it ends. CommonJS, as the program is: it brings no loader of modules with it.
const { writeFileSync } = process.getBuiltinModule('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: (maxRSS * 1024) / 1e6 };
  writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
});
