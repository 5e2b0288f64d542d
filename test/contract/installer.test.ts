import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import Schema from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');

interface InstallerConfig {
  readonly electronVersion: string;
  readonly directories: { readonly app: string };
  readonly beforePack: string;
  readonly asarUnpack: readonly string[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly extraResources: readonly { readonly from: string; readonly to: string }[];
  readonly linux: { readonly icon: string; readonly target: readonly { readonly target: string }[] };
  readonly win: { readonly icon: string; readonly target: readonly { readonly target: string }[] };
}

const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as InstallerConfig;

/** electron-builder's own schema, the one it checks a configuration with before it packs. */
function installerSchema(): object {
  const builder = createRequire(join(root, 'package.json')).resolve('electron-builder');
  return createRequire(builder)('app-builder-lib/scheme.json') as object;
}

describe('electron-builder.yml', () => {
  const validator = Schema.Compile(installerSchema());

  it('fits electron-builder’s own schema', () => {
    const [, errors] = validator.Errors(config);
    expect(errors).toEqual([]);
    expect(validator.Check(config)).toBe(true);
  });

  it('would be refused with an unknown member: the schema really looks', () => {
    expect(validator.Check({ ...config, electronFusses: {} })).toBe(false);
    expect(validator.Check({ ...config, electronFuses: { ...config.electronFuses, runAsNode: 'no' } })).toBe(false);
  });

  it('makes the Linux and Windows installers', () => {
    expect(config.linux.target.map(({ target }) => target)).toEqual(['AppImage', 'deb']);
    expect(config.win.target.map(({ target }) => target)).toEqual(['nsis']);
  });

  it('packs the Electron that is installed', () => {
    const manifest = readFileSync(join(root, config.directories.app, 'package.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      main: 'dist/electron/main.js',
      devDependencies: { electron: config.electronVersion },
    });
  });

  it('names files that are there', () => {
    for (const path of [config.linux.icon, config.win.icon, config.beforePack]) {
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    }
    expect(globSync(join(root, config.extraResources[0]?.from ?? '', '*.up.sql')).length).toBeGreaterThan(0);
  });

  it('unpacks what cannot be loaded from an archive', () => {
    expect(config.asarUnpack).toEqual(expect.arrayContaining(['**/*.node', '**/*.wasm']));
  });

  it('X1: blows the fuses that would make the kiosk a plain Node or run foreign code', () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
    });
  });
});
