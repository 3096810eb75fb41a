// Preloaded into a measured process: writes its peak of memory (MB) when it ends. CommonJS, as the program is: it brings no loader of modules.
const { writeFileSync } = process.getBuiltinModule('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.BENCH_PEAK_FILE, String((process.resourceUsage().maxRSS * 1024) / 1e6));
});
