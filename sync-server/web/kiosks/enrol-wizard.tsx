import { Button, Modal, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import type { KioskItem, NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNewKiosk } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';
import { type GivenCode, ShownCode } from './shown-code.tsx';

interface WizardProps {
  readonly park: ParkBody;
  /** Kiosks enrolled so far; one that comes after the code was given is the new one. */
  readonly known: readonly KioskItem[];
  readonly onClose: () => void;
}

interface FirstCode extends GivenCode {
  readonly kiosksBefore: readonly string[];
}

/** Name and place of a new kiosk, then the code that lets it in. */
export function EnrolWizard({ park, known, onClose }: WizardProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState<FirstCode | null>(null);
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
