import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import type { StaffBody, StaffItem } from '@skygate/shared/hq-api/staff';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSaveStaff } from '../api/park-queries.ts';
import { FormError } from '../layout/states.tsx';

interface StaffModalProps {
  readonly park: string;
  readonly person: StaffItem | null;
  readonly onClose: () => void;
}

const ROLES = ['cashier', 'gate', 'supervisor'] as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const PIN = /^[0-9]{4,8}$/;

/** A new person, or another name, role and PIN for one. */
export function StaffModal({ park, person, onClose }: StaffModalProps) {
  const { t } = useTranslation();
  const save = useSaveStaff(park);
  const [form, setForm] = useState<StaffBody>({
    staffId: person?.staffId ?? '',
    name: person?.name ?? '',
    role: person?.role ?? 'cashier',
    pin: '',
  });
  const set = (change: Partial<StaffBody>): void => setForm({ ...form, ...change });
  const complete = ID.test(form.staffId) && form.name.trim() !== '' && PIN.test(form.pin);
  return (
    <Modal
      opened
      onClose={onClose}
      title={<b>{person ? t('staff.editTitle', { name: person.name }) : t('staff.add')}</b>}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack>
        <TextInput
          size="md"
          label={t('staff.name')}
          maxLength={80}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          size="md"
          label={t('staff.id')}
          description={t('staff.idHint')}
          disabled={person !== null}
          maxLength={64}
          value={form.staffId}
          onChange={(event) => set({ staffId: event.currentTarget.value })}
        />
        <Select
          size="md"
          label={t('staff.role')}
          allowDeselect={false}
          data={ROLES.map((value) => ({ value, label: t(`staff.roles.${value}`) }))}
          value={form.role}
          onChange={(role) => set({ role: role as StaffBody['role'] })}
        />
        <TextInput
          size="md"
          type="password"
          inputMode="numeric"
          autoComplete="new-password"
          label={person ? `${t('staff.newPin')} (${t('staff.pin')})` : t('staff.pin')}
          maxLength={8}
          value={form.pin}
          onChange={(event) => set({ pin: event.currentTarget.value.replace(/\D/g, '') })}
        />
        <FormError error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            disabled={!complete}
            loading={save.isPending}
            onClick={() => save.mutate({ ...form, name: form.name.trim() }, { onSuccess: onClose })}
          >
            {t('action.save')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
