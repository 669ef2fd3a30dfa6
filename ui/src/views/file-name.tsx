import { nameParts } from '../files/names'

/** A file's name in one line: where it is too long, the middle is left out and the end stays to be seen. */
export function FileName({ name }: { name: string }) {
  const { start, end } = nameParts(name)
  return (
    <span class="file-name" dir="ltr" title={start + end} data-testid="file-name">
      <bdi class="file-start">{start}</bdi>
      {end !== '' && (
        <bdi class="file-end" dir="ltr">
          {end}
        </bdi>
      )}
    </span>
  )
}
