import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import QRCode from 'qrcode';
import { DEMO_HQ_USER, DEMO_STAFF } from './demo-park.ts';
import type { NetworkCable } from './network-cable.ts';
import type { SampleCode } from './sample-codes.ts';

export interface DemoPageDeps {
  readonly port: number;
  readonly cable: NetworkCable;
  readonly links: readonly { readonly name: string; readonly url: string }[];
  readonly samples: readonly SampleCode[];
}

/** The demo's own page: links, log-ins, sample codes to print, and the switch that pulls the network cable. */
export async function serveDemoPage(deps: DemoPageDeps): Promise<Server> {
  const page = await demoHtml(deps);
  const server = createServer(async (request, response) => {
    const refusal = whyRefused(request, deps.port);
    if (refusal) return answer(response, 403, refusal);
    const route = `${request.method} ${request.url}`;
    if (route === 'GET /') return answer(response, 200, page, 'text/html; charset=utf-8');
    if (!Object.hasOwn(CABLE_ROUTES, route)) return answer(response, 404, 'not here');
    await CABLE_ROUTES[route]?.(deps.cable);
    return answer(response, 200, JSON.stringify({ plugged: deps.cable.plugged }), 'application/json');
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(deps.port, '127.0.0.1', () => done());
  });
  return server;
}

const CABLE_ROUTES: Readonly<Record<string, (cable: NetworkCable) => Promise<void> | void>> = {
  'GET /network': () => {},
  'POST /network/off': (cable) => cable.unplug(),
  'POST /network/on': (cable) => cable.plug(),
};

/** A page of another site could reach this port too: it may neither read nor pull the cable. */
function whyRefused({ headers }: IncomingMessage, port: number): string | null {
  if (headers.host !== `127.0.0.1:${port}` && headers.host !== `localhost:${port}`) return 'this page has another name';
  const isForeign = headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
  return isForeign ? 'another site may not ask this' : null;
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? letter);

async function demoHtml({ links, samples }: DemoPageDeps): Promise<string> {
  const cards = await Promise.all(
    samples.map(async ({ name, expect, code }) => {
      const svg = await QRCode.toString(code, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
      return `<article><h3>${escaped(name)}</h3>${svg}<p>${escaped(expect)}</p><details><summary>text</summary><code>${escaped(code)}</code></details></article>`;
    }),
  );
  const rows = links.map(({ name, url }) => `<li><a href="${escaped(url)}" target="_blank">${escaped(name)}</a></li>`);
  const people = DEMO_STAFF.map(({ name, role, pin }) => `<li>${escaped(name)}, ${role}: PIN <b>${pin}</b></li>`);
  return PAGE.replace('{{links}}', rows.join(''))
    .replace('{{hq}}', `${DEMO_HQ_USER.email} / ${DEMO_HQ_USER.password}`)
    .replace('{{people}}', people.join(''))
    .replace('{{samples}}', () => cards.join(''));
}

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Skygate demo</title>
<meta name="viewport" content="width=device-width">
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f6fa;color:#11181f}
main{max-width:1120px;margin:0 auto;padding:32px 24px;display:grid;gap:24px}
section{background:#fff;border-radius:12px;padding:20px 24px}
h1,h2{margin:0 0 12px}h1{font-size:28px}h2{font-size:20px}ul{margin:0;padding-left:20px}
button{font:600 20px system-ui;padding:18px 28px;border:0;border-radius:12px;background:#1f5eff;color:#fff;cursor:pointer}
button.off{background:#a3121b}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:16px}
article{border:1px solid #dde2ea;border-radius:12px;padding:12px;text-align:center;break-inside:avoid}
article svg{width:200px;height:200px}article h3{margin:0;font-size:18px}article p{margin:0;color:#4b5563}
code{font-size:11px;overflow-wrap:anywhere}
@media print{body{background:#fff}.no-print{display:none}}
</style><main><h1>Skygate demo</h1>
<section class="no-print"><h2>Open</h2><ul>{{links}}</ul></section>
<section class="no-print"><h2>Log in</h2><p>HQ: {{hq}}</p><ul>{{people}}</ul></section>
<section class="no-print"><h2>Network between kiosks and HQ</h2><p id="state" aria-live="polite">...</p><button id="cable"></button></section>
<section><h2>Sample ticket codes</h2><div class="samples">{{samples}}</div></section></main>
<script>
const state=document.getElementById('state'),cable=document.getElementById('cable');let plugged=true;
const show=(answer)=>{plugged=answer.plugged;state.textContent=plugged?'Plugged in: kiosks reach HQ.':'Unplugged: kiosks are on their own.';
cable.textContent=plugged?'Unplug':'Plug in';cable.className=plugged?'off':''};
const ask=(path,method)=>fetch(path,{method}).then((r)=>r.json()).then(show);
cable.onclick=()=>ask('/network/'+(plugged?'off':'on'),'POST');ask('/network','GET');setInterval(()=>ask('/network','GET'),2000);
</script></html>`;
