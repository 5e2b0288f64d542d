import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { schemaProblem } from '@skygate/shared/events/read-event';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import Type, { type Static } from 'typebox';

const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

const configSchema = Type.Object({
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  dataFolder: Type.String({ minLength: 1 }),
  /** Where the built screens are. */
  uiFolder: Type.String({ minLength: 1 }),
  logLevel: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level))),
});

/** How one kiosk process runs; parsed once at its start. */
export type KioskProcessConfig = Static<typeof configSchema>;

export const KIOSK_USAGE = `usage: npm run kiosk -- [--port N] [--data DIR] [--log LEVEL]
  --port N     loopback port of the screens, 0 for any free one   (SKYGATE_KIOSK_PORT, 4810)
  --data DIR   this kiosk's data folder                           (SKYGATE_KIOSK_DATA, .data/kiosk)
  --log LEVEL  ${LOG_LEVELS.join(', ')}   (SKYGATE_LOG, warn)\n  The built screens: SKYGATE_KIOSK_UI, gate-app/dist/ui`;

/** Flags over environment over defaults. The error names what is wrong, for the person who typed it. */
export function parseKioskConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  baseFolder: string,
): Result<KioskProcessConfig, string> {
  const flags = parseFlags(args);
  if (!flags.ok) return flags;
  const { port, data, log } = flags.value;
  const config = {
    port: wholeNumber(port ?? env['SKYGATE_KIOSK_PORT'] ?? '4810'),
    dataFolder: resolve(baseFolder, data ?? env['SKYGATE_KIOSK_DATA'] ?? '.data/kiosk'),
    uiFolder: resolve(baseFolder, env['SKYGATE_KIOSK_UI'] ?? 'gate-app/dist/ui'),
    logLevel: log ?? env['SKYGATE_LOG'] ?? 'warn',
  };
  if (data === '') return err('--data needs a folder');
  if (schemaProblem(configSchema.properties.port, config.port)) return err('the port must be a number from 0 to 65535');
  if (schemaProblem(configSchema, config)) return err(`the log level must be one of ${LOG_LEVELS.join(', ')}`);
  return ok(config as KioskProcessConfig);
}

type Flags = Readonly<Partial<Record<'port' | 'data' | 'log', string>>>;

function parseFlags(args: readonly string[]): Result<Flags, string> {
  try {
    const options = { port: { type: 'string' }, data: { type: 'string' }, log: { type: 'string' } } as const;
    return ok(parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values);
  } catch (error) {
    return err(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error));
  }
}

function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
