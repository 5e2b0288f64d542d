import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconActivity,
  IconAlertTriangle,
  IconArmchair,
  IconDeviceDesktop,
  IconKey,
  IconLogout,
  IconMessage,
  IconMoon,
  IconSun,
  IconTag,
  IconTicket,
  IconUsers,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useOpenCases } from '../api/case-queries.ts';
import { useLogOut, useSession } from '../api/session-queries.ts';
import { Languages } from './languages.tsx';
import { type Go, PAGES, type Page, type Place } from './use-place.ts';

const ICONS: Readonly<Record<Page, typeof IconTag>> = {
  now: IconActivity,
  catalogue: IconTag,
  capacity: IconArmchair,
  kiosks: IconDeviceDesktop,
  cases: IconAlertTriangle,
  keys: IconKey,
  staff: IconUsers,
  texts: IconMessage,
  tickets: IconTicket,
};

interface ShellProps {
  readonly place: Place;
  readonly go: Go;
  readonly children: ReactNode;
}

/** Sections at the left, the page at the right; a wall has the page alone. */
export function Shell({ place, go, children }: ShellProps) {
  return (
    <div className="shell" data-wall={place.wall || undefined}>
      {place.wall ? null : <Navigation place={place} go={go} />}
      <main className="page">{children}</main>
    </div>
  );
}

function Navigation({ place, go }: Omit<ShellProps, 'children'>) {
  const { t } = useTranslation();
  const session = useSession();
  const logOut = useLogOut();
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <div className="nav-brand">Skygate</div>
      <div className="nav-links">
        {PAGES.map((page) => {
          const Icon = ICONS[page];
          return (
            <a
              key={page}
              className="nav-link"
              href={`#/${page}${place.park && page !== 'now' ? `/${place.park}` : ''}`}
              aria-current={place.page === page ? 'page' : undefined}
              onClick={(event) => {
                event.preventDefault();
                go(page, page === 'now' ? null : place.park);
              }}
            >
              <Icon size={20} aria-hidden />
              {t(`nav.${page}`)}
              {page === 'cases' ? <OpenCases park={place.park} /> : null}
            </a>
          );
        })}
      </div>
      <div className="nav-foot">
        <ThemeSwitch />
        <button type="button" className="nav-link" onClick={() => logOut.mutate()}>
          <IconLogout size={20} aria-hidden />
          {t('nav.logOut')}
        </button>
        <Languages />
        <div className="nav-who">{session.data?.email}</div>
      </div>
    </nav>
  );
}

/** How many cases wait in the park that is looked at, or in all of them. */
function OpenCases({ park }: { readonly park: string | null }) {
  const { t } = useTranslation();
  const cases = useOpenCases();
  const counted = (cases.data?.parks ?? []).filter((one) => park === null || one.park === park);
  const open = counted.reduce((sum, one) => sum + one.open, 0);
  if (open === 0) return null;
  return (
    <span className="nav-count">
      <span aria-hidden>{open}</span>
      <span className="visually-hidden">{t('cases.open', { count: open })}</span>
    </span>
  );
}

function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const Icon = scheme === 'dark' ? IconSun : IconMoon;
  return (
    <button type="button" className="nav-link" onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>
      <Icon size={20} aria-hidden />
      {t(scheme === 'dark' ? 'nav.light' : 'nav.dark')}
    </button>
  );
}
