// `npm run bench -- NAME [--json]`: the last line is the result as one JSON object; without --json a table stands above it.
import { cpus, release } from 'node:os';
import type { BenchResult } from './bench-result.ts';

/** Each benchmark is loaded only when it is asked for: they pull in browsers, databases and readers. */
const BENCHES: Readonly<Record<string, () => Promise<() => Promise<BenchResult>>>> = {
  scan: async () => (await import('./scan.ts')).scan,
  sale: async () => (await import('./sale.ts')).sale,
  ingest: async () => (await import('./ingest.ts')).ingest,
  decode: async () => (await import('./decode.ts')).decode,
  pull: async () => (await import('./pull.ts')).pull,
  storm: async () => (await import('./storm.ts')).storm,
  documents: async () => (await import('./documents.ts')).documents,
  coldstart: async () => (await import('./coldstart.ts')).coldstart,
};

function fail(message: string): never {
  console.error(`bench: ${message}\nusage: npm run bench -- NAME [--json]   NAME: ${Object.keys(BENCHES).join(', ')}`);
  process.exit(1);
}

function parse(args: readonly string[]): { readonly name: string; readonly json: boolean } {
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--json');
  if (unknown) fail(`unknown flag ${unknown}`);
  const [name, ...more] = args.filter((arg) => !arg.startsWith('-'));
  if (name === undefined) fail('which benchmark?');
  if (more.length > 0) fail(`one benchmark at a time, not also ${more.join(' ')}`);
  if (!Object.hasOwn(BENCHES, name)) fail(`unknown benchmark ${name}`);
  return { name, json: args.includes('--json') };
}

const { name, json } = parse(process.argv.slice(2));
const bench = await BENCHES[name]?.();
if (!bench) fail(`unknown benchmark ${name}`);
const result = await bench();
if (!json) {
  console.log(
    `${name}: Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim()}, ${process.platform} ${release()}`,
  );
  console.table(result.figures);
  console.table(result.floor);
  console.log(`ratio ${result.ratio ?? 'none'}; target: ${result.target}; ${result.met ? 'met' : 'MISSED'}`);
}
console.log(JSON.stringify(result));
process.exit(0);
