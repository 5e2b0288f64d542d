import { useMantineColorScheme } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconMoon,
  IconShieldCheck,
  IconSun,
} from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClockView, SyncView } from '../../../rpc-contract/status-view.ts';
import { useFormat } from '../../format/use-format.ts';
import { languageAfter } from '../../i18n/i18n.ts';
import { useKioskView } from '../../kiosk-provider.tsx';
import { ClockPanel } from '../supervisor/clock-panel.tsx';
import { clockWords, coverageWords, syncWords } from './chip-words.ts';
import { StaffMenu } from './staff-menu.tsx';
import { SyncPanel } from './sync-panel.tsx';

/** The 56 px at the top of every kiosk screen: where we are, what we know, who works, what time it is. */
export function StatusStrip({ isOnVerdict = false }: { isOnVerdict?: boolean }) {
  const { status, linked } = useKioskView();
  const { t } = useTranslation();
  const format = useFormat();
  const identity = status?.identity ?? null;
  return (
    <header className={`strip${isOnVerdict ? ' on-verdict' : ''}`}>
      <div className="strip-name">
        <strong className="clip">{identity === null ? 'Skygate' : format.words(identity.parkName)}</strong>
        {identity !== null && (
          <span className="quiet clip">
            {identity.name}
            {identity.role === 'gate' && status !== null && (
              <span className="strip-mode"> · {t(`strip.mode.${status.gateMode}`)}</span>
            )}
          </span>
        )}
      </div>
      {identity !== null && <StateChips />}
      <LanguageChip />
      {!isOnVerdict && <ThemeChip />}
      {!isOnVerdict && status !== null && status.staff !== null && <StaffMenu staff={status.staff} />}
      {status !== null && <ClockChip nowMs={status.nowMs} clock={status.clock} />}
      {!linked && status !== null && (
        <div className="lost" role="status">
          {t('boot.lost')}
        </div>
      )}
    </header>
  );
}

function StateChips() {
  const { status } = useKioskView();
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  if (status === null) return null;
  const words = { t, duration: format.duration, words: format.words };
  const coverage = coverageWords(status.coverage, words);
  const sync = syncWords(status.sync, status.nowMs, words);
  const open = () => setOpen(true);
  return (
    <>
      <Chip tone={`${coverage.tone} shrinks`} label={t('coverage.label', { text: coverage.text })} onPress={open}>
        <IconShieldCheck size={18} aria-hidden />
        <span className="clip">{coverage.text}</span>
      </Chip>
      <Chip tone={`${sync.tone} shrinks`} onPress={open}>
        {iconOfSync(status.sync)}
        <span className="clip">{sync.text}</span>
      </Chip>
      {isOpen && <SyncPanel onClose={() => setOpen(false)} />}
    </>
  );
}

function iconOfSync({ state, diskIsFull }: SyncView): ReactNode {
  if (diskIsFull) return <IconAlertTriangle size={18} aria-hidden />;
  if (state === 'synced') return <IconCloudCheck size={18} aria-hidden />;
  if (state === 'sending') return <IconCloudUp size={18} aria-hidden />;
  if (state === 'refused' || state === 'unknown_at_hq' || state === 'lost_at_hq')
    return <IconAlertTriangle size={18} aria-hidden />;
  return <IconCloudOff size={18} aria-hidden />;
}

function LanguageChip() {
  const { t, i18n } = useTranslation();
  const change = () => void i18n.changeLanguage(languageAfter(i18n.language));
  return (
    <Chip tone="none" label={`${i18n.language.toUpperCase()}: ${t('strip.language')}`} onPress={change}>
      {i18n.language.toUpperCase()}
    </Chip>
  );
}

function ThemeChip() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { t } = useTranslation();
  const isDark = colorScheme === 'dark';
  return (
    <Chip
      tone="none"
      label={t(isDark ? 'strip.themeLight' : 'strip.themeDark')}
      onPress={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={20} aria-hidden /> : <IconMoon size={20} aria-hidden />}
    </Chip>
  );
}

/** The time, and in a few calm words what is not sure of it; a tap shows more, and lets a supervisor confirm it (H2). */
function ClockChip({ nowMs, clock }: { nowMs: number; clock: ClockView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isOpen, setOpen] = useState(false);
  const words = clockWords(clock, { t, duration: format.duration });
  const time = format.time.clock(nowMs);
  return (
    <>
      <Chip tone={`${words?.tone ?? 'none'} chip-clock`} onPress={() => setOpen(true)}>
        <time className="strong">{time}</time>
        {words !== null && <span className="clip">{words.text}</span>}
        <span className="visually-hidden">{t('clock.title')}</span>
      </Chip>
      {isOpen && <ClockPanel onClose={() => setOpen(false)} />}
    </>
  );
}

interface ChipProps {
  readonly tone: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly label?: string;
}

export function Chip({ tone, onPress, children, label }: ChipProps) {
  return (
    <button type="button" className={`chip ${tone}`} onClick={onPress} aria-label={label}>
      {children}
    </button>
  );
}
