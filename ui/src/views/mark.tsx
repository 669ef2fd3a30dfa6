/** The lit doorway. */
export function Mark({ size = 40 }: { size?: number }) {
  return <img class="mark" src="/favicon.svg" width={size} height={size} alt="" />
}
