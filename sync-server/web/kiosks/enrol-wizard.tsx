import { Button, Group, Modal, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import type { KioskItem, NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNewKiosk } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { useTick } from '../format/use-tick.ts';
import { FormError } from '../layout/states.tsx';
import { QrCode } from './qr-code.tsx';

interface WizardProps {
  readonly park: ParkBody;
  /** Kiosks enrolled so far; one that comes after the code was given is the new one. */
  readonly known: readonly KioskItem[];
  readonly onClose: () => void;
}

interface GivenCode extends NewKioskAnswer {
  /** This browser's monotonic clock when the code came: its own clock may be wrong. */
  readonly givenMs: number;
  readonly kiosksBefore: readonly string[];
}

/** Name and place of a new kiosk, then the code that lets it in. */
export function EnrolWizard({ park, known, onClose }: WizardProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState<GivenCode | null>(null);
  const give = (answer: NewKioskAnswer): void =>
    setCode({ ...answer, givenMs: performance.now(), kiosksBefore: known.map((kiosk) => kiosk.node) });
  const enrolled = code ? known.find((kiosk) => !code.kiosksBefore.includes(kiosk.node)) : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      size={520}
      title={<b>{t('kiosks.enrolTitle')}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {enrolled ? (
        <div className="state" role="status">
          <IconCircleCheck size={64} color="var(--hq-good)" aria-hidden />
          <div className="state-title">
            {t('kiosks.enrolled')}: {enrolled.name}
          </div>
          <Button size="md" onClick={onClose}>
            {t('kiosks.done')}
          </Button>
        </div>
      ) : code ? (
        <ShownCode code={code} onAgain={() => setCode(null)} onClose={onClose} />
      ) : (
        <NewKioskForm park={park} onCode={give} />
      )}
    </Modal>
  );
}

function NewKioskForm({ park, onCode }: { park: ParkBody; onCode: (answer: NewKioskAnswer) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const newKiosk = useNewKiosk(park.park);
  const [name, setName] = useState('');
  const [role, setRole] = useState<'gate' | 'till'>('till');
  const [gateId, setGateId] = useState<string | null>(Object.keys(park.document.gates)[0] ?? null);
  const places = Object.entries(park.document.gates).map(([value, gate]) => ({
    value,
    label: format.words(gate.name),
  }));
  const submit = (): void => {
    if (gateId !== null) newKiosk.mutate({ name: name.trim(), role, gateId }, { onSuccess: onCode });
  };
  return (
    <Stack>
      <TextInput
        size="md"
        label={t('kiosks.name')}
        placeholder={t('kiosks.namePlaceholder')}
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <SegmentedControl
        size="md"
        fullWidth
        aria-label={t('kiosks.role')}
        value={role}
        onChange={(value) => setRole(value as 'gate' | 'till')}
        data={[
          { value: 'till', label: t('kiosks.till') },
          { value: 'gate', label: t('kiosks.gate') },
        ]}
      />
      <Select
        size="md"
        label={t('kiosks.place')}
        data={places}
        value={gateId}
        onChange={setGateId}
        allowDeselect={false}
      />
      <FormError error={newKiosk.error} />
      <Button size="md" loading={newKiosk.isPending} disabled={name.trim() === '' || gateId === null} onClick={submit}>
        {t('kiosks.create')}
      </Button>
    </Stack>
  );
}

interface ShownCodeProps {
  readonly code: GivenCode;
  readonly onAgain: () => void;
  readonly onClose: () => void;
}

function ShownCode({ code, onAgain, onClose }: ShownCodeProps) {
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
