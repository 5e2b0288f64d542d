import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';

// Bundles what runs in Electron into dist/electron: the main process, the kiosk's process and the preload script.

const root = fileURLToPath(new URL('../../', import.meta.url));

const shared: InlineConfig = {
  root,
  configFile: false,
  logLevel: 'warn',
  // Native code cannot be bundled; electron-updater looks for files beside itself.
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3', 'electron-updater'] },
  resolve: {
    alias: [
      {
        find: /^@automerge\/automerge$/,
        // The entry that carries its WASM inside, instead of reading a file beside itself.
        replacement: fileURLToPath(
          new URL('../../node_modules/@automerge/automerge/dist/mjs/entrypoints/fullfat_base64.js', import.meta.url),
        ),
      },
    ],
  },
};

/**
 * Processes are ES modules. The kiosk's lies as deep under the application's root as its source does, so that paths
 * relative to a module (the migrations) hold from source and from a package alike.
 */
const processes: InlineConfig = {
  ...shared,
  build: {
    outDir: 'dist/electron',
    emptyOutDir: true,
    target: 'node24',
    ssr: true,
    minify: false,
    rolldownOptions: {
      input: { main: 'src/electron/main.ts', 'kiosk/kiosk-process': 'src/electron/kiosk-process.ts' },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'kiosk/[name]-[hash].js' },
    },
  },
};

/** A sandboxed preload script must be one CommonJS file. */
const preload: InlineConfig = {
  ...shared,
  build: {
    outDir: 'dist/electron',
    emptyOutDir: false,
    target: 'chrome120',
    ssr: true,
    minify: false,
    rolldownOptions: {
      input: { preload: 'src/electron/preload.ts' },
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
};

/** @throws with Vite's words if something does not bundle */
export async function buildElectron(): Promise<void> {
  await build(processes);
  await build(preload);
}

if (import.meta.main) await buildElectron();
