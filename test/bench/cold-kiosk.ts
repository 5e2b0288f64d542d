import { mustSay, openKiosk, reopenKiosk } from './bench-kiosk.ts';

// The kiosk of `coldstart`: node cold-kiosk.ts FOLDER CODE says `ok` once the ticket's verdict is on disk; with `log-in`
// for a code somebody logs in, who is still there after the next start.

const [folder, code] = process.argv.slice(2);
if (!folder || !code) throw new Error('usage: cold-kiosk.ts FOLDER CODE');
if (code === 'log-in') {
  const kiosk = await openKiosk(folder, 'g1');
  console.log('ok');
  await kiosk.stop();
} else {
  const kiosk = await reopenKiosk(folder);
  const { verdict } = mustSay(await kiosk.api.scan({ text: code, source: 'camera' }));
  console.log(verdict === 'provisional' ? 'ok' : verdict);
  await kiosk.stop();
}
