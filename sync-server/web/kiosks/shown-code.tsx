import { Button, Group, Stack } from '@mantine/core';
import type { NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import { useTranslation } from 'react-i18next';
import { useTick } from '../format/use-tick.ts';
import { QrCode } from './qr-code.tsx';

/** A code, and when it came. */
export interface GivenCode extends NewKioskAnswer {
  /** This browser's monotonic clock when the code came: its own clock may be wrong. */
  readonly givenMs: number;
}

interface ShownCodeProps {
  readonly code: GivenCode;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

/** The code that lets a kiosk in, as text and QR, and how long it is good for. */
export function ShownCode({ code, onAgain, onClose }: ShownCodeProps) {
  const { t } = useTranslation();
  const nowMs = useTick(1_000);
  const leftMs = Math.max(0, code.expiresMs - code.serverMs - (nowMs - code.givenMs));
  const over = leftMs === 0;
  return (
    <Stack align="center" gap="md">
      <div className="quiet">{t('kiosks.codeTitle')}</div>
      <div style={{ opacity: over ? 0.15 : 1 }}>
        <QrCode text={code.qrText} label={t('kiosks.codeTitle')} />
      </div>
      <div className="enrol-code" data-over={over || undefined}>
        {code.code.slice(0, 4)}-{code.code.slice(4)}
      </div>
      <div role="timer" className="quiet">
        {over ? t('kiosks.codeOver') : t('kiosks.codeLeft', { time: clockOf(leftMs) })}
      </div>
      <Group>
        <Button variant="default" onClick={onAgain}>
          {t('kiosks.again')}
        </Button>
        <Button onClick={onClose}>{t('kiosks.done')}</Button>
      </Group>
    </Stack>
  );
}

function clockOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
