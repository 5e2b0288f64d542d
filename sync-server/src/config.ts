import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { hexToBytes } from '@skygate/shared/lib/bytes';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const;
const DIGITS = '^\\d{1,5}$';
const PORT_MAX = 65_535;

/** Every setting with its environment variable; `--port` and `--data` do the same and win. */
const environment = Type.Object({
  SKYGATE_PORT: Type.String({ pattern: DIGITS, default: '4800' }),
  SKYGATE_HOST: Type.String({ minLength: 1, default: '127.0.0.1' }),
  SKYGATE_DATA: Type.String({ minLength: 1, default: '.data/server' }),
  SKYGATE_LOG: Type.Enum(LOG_LEVELS, { default: 'info' }),
  SKYGATE_MASTER_KEY: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  DATABASE_URL: Type.Optional(Type.String({ minLength: 1 })),
  SKYGATE_PUBLIC_URL: Type.Optional(Type.String({ pattern: '^https?://[^\\s/]+' })),
  SKYGATE_TRUST_PROXY: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  SKYGATE_HQ_EMAIL: Type.Optional(Type.String({ minLength: 3, maxLength: 200, pattern: '^[^@\\s]+@[^@\\s]+$' })),
  SKYGATE_HQ_PASSWORD: Type.Optional(Type.String({ minLength: 8, maxLength: 200 })),
});
type Environment = Type.Static<typeof environment>;
const validator = Compile(environment);

/** What is wrong in words, where the schema's own message would not say it. */
const EXPECTED: Readonly<Record<string, string>> = {
  SKYGATE_PORT: `a port number from 0 to ${PORT_MAX}`,
  SKYGATE_HOST: 'an address to listen on',
  SKYGATE_DATA: 'a folder',
  SKYGATE_LOG: `one of ${LOG_LEVELS.join(', ')}`,
  SKYGATE_MASTER_KEY: '32 bytes as 64 hexadecimal digits in lower case',
  DATABASE_URL: 'a PostgreSQL address (postgres://user:password@host:5432/database)',
  SKYGATE_PUBLIC_URL: 'the address at which kiosks reach this server (https://hq.example.org)',
  SKYGATE_TRUST_PROXY: 'addresses or subnets of proxies, parted by commas (127.0.0.1, 10.1.0.0/16), or loopback',
  SKYGATE_HQ_EMAIL: 'an e-mail address',
  SKYGATE_HQ_PASSWORD: 'at least 8 characters',
};
/** Never repeated in a message. */
const SECRET = new Set(['SKYGATE_MASTER_KEY', 'SKYGATE_HQ_PASSWORD', 'DATABASE_URL']);

export interface ServerConfig {
  /** The operator says that the database was put back from a backup (E8). */
  readonly restored: boolean;
  readonly port: number;
  readonly host: string;
  readonly dataFolder: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Null: PGlite in the data folder. */
  readonly databaseUrl: string | null;
  /** Null: the data folder's `master.key`, made at the first start. */
  readonly masterKey: Uint8Array | null;
  /** How kiosks reach this server, for enrolment codes; null: as the browser of the person who enrols them does. */
  readonly publicUrl: string | null;
  /** Proxies whose word for an asker's address and scheme is believed, as addresses or subnets; empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /** The first HQ user, made at start if there is none of that name. */
  readonly hqUser: { readonly email: string; readonly password: string } | null;
}

/** @returns the configuration, or one sentence that names what is wrong with it */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Result<ServerConfig, string> {
  const flags = readFlags(args);
  if (!flags.ok) return flags;
  const given = { ...settingsOf(env), ...flags.value };
  const settings: Record<string, string> = { ...defaults(), ...given };
  if (!validator.Check(settings)) return err(problemOf(settings));
  if (Number(settings.SKYGATE_PORT) > PORT_MAX) return err(wrong('SKYGATE_PORT', settings.SKYGATE_PORT));
  if (settings.DATABASE_URL !== undefined && !isPostgresUrl(settings.DATABASE_URL)) {
    return err(wrong('DATABASE_URL', ''));
  }
  const stranger = proxiesOf(settings).find((name) => !isProxy(name));
  if (stranger !== undefined) return err(wrong('SKYGATE_TRUST_PROXY', stranger));
  if ((settings.SKYGATE_HQ_EMAIL === undefined) !== (settings.SKYGATE_HQ_PASSWORD === undefined)) {
    return err('SKYGATE_HQ_EMAIL and SKYGATE_HQ_PASSWORD must be set together.');
  }
  return ok(configOf(settings, RESTORED in settings));
}

const FLAGS = { port: { type: 'string' }, data: { type: 'string' }, restored: { type: 'boolean' } } as const;
/** No variable of the environment: set there it would begin every start anew. */
const RESTORED = '--restored';

function readFlags(args: readonly string[]): Result<Record<string, string>, string> {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS });
    return ok({
      ...(values.restored ? { [RESTORED]: 'yes' } : {}),
      ...(values.port === undefined ? {} : { SKYGATE_PORT: values.port }),
      ...(values.data === undefined ? {} : { SKYGATE_DATA: values.data }),
    });
  } catch (error) {
    const [reason = 'unknown argument'] = error instanceof Error ? error.message.split(/[.\n]/) : [];
    return err(`${reason}. Known flags: --port N, --data DIR, --restored.`);
  }
}

/** The settings that are set; an empty variable counts as none. */
function settingsOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of Object.keys(environment.properties)) {
    const value = env[name];
    if (value !== undefined && value !== '') settings[name] = value;
  }
  return settings;
}

const defaults = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment.properties).flatMap(([name, schema]) =>
      'default' in schema && typeof schema.default === 'string' ? [[name, schema.default]] : [],
    ),
  );

function problemOf(settings: Record<string, string>): string {
  const [first] = validator.Errors(settings);
  const name = first?.instancePath.slice(1) ?? '';
  return wrong(name, settings[name] ?? '');
}

function wrong(name: string, value: string): string {
  const shown = SECRET.has(name) ? 'its value' : JSON.stringify(value);
  return `${name} must be ${EXPECTED[name] ?? 'set'}, and ${shown} is not.`;
}

const proxiesOf = ({
  SKYGATE_TRUST_PROXY: text,
}: {
  readonly [name: string]: string | undefined;
}): readonly string[] => (text === undefined ? [] : text.split(',').map((name) => name.trim()));

const LOOPBACK = 'loopback';

/** An address or a subnet. Not the one of all addresses: then anybody could come as anybody. */
function isProxy(name: string): boolean {
  if (name === LOOPBACK) return true;
  const [address = '', bits, ...more] = name.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (protocol === 'postgres:' || protocol === 'postgresql:') && hostname !== '';
}

function configOf(settings: Environment, restored: boolean): ServerConfig {
  const { SKYGATE_HQ_EMAIL: email, SKYGATE_HQ_PASSWORD: password } = settings;
  return {
    restored,
    port: Number(settings.SKYGATE_PORT),
    host: settings.SKYGATE_HOST,
    dataFolder: settings.SKYGATE_DATA,
    logLevel: settings.SKYGATE_LOG,
    databaseUrl: settings.DATABASE_URL ?? null,
    masterKey: settings.SKYGATE_MASTER_KEY === undefined ? null : hexToBytes(settings.SKYGATE_MASTER_KEY),
    publicUrl: settings.SKYGATE_PUBLIC_URL ?? null,
    trustedProxies: proxiesOf(settings),
    hqUser: email === undefined || password === undefined ? null : { email, password },
  };
}
