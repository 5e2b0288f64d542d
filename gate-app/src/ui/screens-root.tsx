import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import './styles/base.css';
import './styles/components.css';
import './styles/gate.css';
import './styles/till.css';
import './styles/print.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot, type Root } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { App } from './app.tsx';
import { CodesProvider } from './codes.tsx';
import { CrashGuard } from './crash-guard.tsx';
import { screenWords } from './i18n/i18n.ts';
import type { KioskConnection } from './kiosk-connection.ts';
import { KioskProvider } from './kiosk-provider.tsx';
import { browserSounds } from './sound/verdict-sounds.ts';
import { theme } from './theme.ts';

/** Builds the screens over a connection to a kiosk and shows them in this page. */
export function showScreens(connection: KioskConnection): Root {
  const words = screenWords(window.localStorage, document.documentElement);
  // The kiosk is on this machine: being offline is no reason not to ask it.
  const questions = new QueryClient({
    defaultOptions: { queries: { networkMode: 'always', retry: 1, refetchOnWindowFocus: false, gcTime: 0 } },
  });
  const sounds = browserSounds();
  const place = document.getElementById('root');
  if (place === null) throw new Error('the page has no #root');
  const root = createRoot(place);
  root.render(
    <I18nextProvider i18n={words}>
      <MantineProvider theme={theme} defaultColorScheme="light">
        <CrashGuard>
          <QueryClientProvider client={questions}>
            <KioskProvider connection={connection}>
              <CodesProvider>
                <App sounds={sounds} />
              </CodesProvider>
            </KioskProvider>
          </QueryClientProvider>
        </CrashGuard>
      </MantineProvider>
    </I18nextProvider>,
  );
  return root;
}
