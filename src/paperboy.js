#!/usr/bin/env node
// Plain JavaScript on purpose: a Node.js too old to run TypeScript must still be able to say so.
const wanted = 24;
if (Number(process.versions.node.split('.')[0]) < wanted) {
  console.error(
    `Paperboy needs Node.js ${wanted} or newer and was started by ${process.version}. ` +
      'Run it as "npm start" or "npx paperboy …" after "npm ci" (which brings its own Node.js), or install a newer Node.js.',
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(); // a start spends most of its time on compiling dependencies: keep the result
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
}
