import { useContext, useMemo } from 'preact/hooks'
import { isJumbo } from '../text/characters'
import type { Block } from '../text/markdown'
import { callsMe, type Names } from '../text/mentions'
import { readerOf } from '../text/reader'
import { Text } from '../text/text'
import { CopyCode } from './copy-code'
import { Fold } from './fold'
import { Reading } from './reading'

/** A message, read. */
export interface Said {
  text: string
  blocks: readonly Block[]
  names: Names | null
  /** Whether it calls the one who reads it. */
  forMe: boolean
}

export function useSaid(text: string): Said {
  const reading = useContext(Reading)
  const read = readerOf.value
  const blocks = useMemo(() => read(text), [read, text])
  // Who is here matters only to those messages that may call somebody.
  const names = text.includes('@') ? reading.names.value : null
  const forMe = useMemo(() => names !== null && callsMe(blocks, names), [blocks, names])
  return { text, blocks, names, forMe }
}

/** What it says, folded if it is long. */
export function SaidText({ said: { text, blocks, names } }: { said: Said }) {
  const { follow } = useContext(Reading)
  return (
    <Fold text={text}>
      <Text
        typed={text}
        said={blocks}
        jumbo={isJumbo(text)}
        openLink={follow}
        codeTools={(code) => <CopyCode code={code} />}
        names={names}
      />
    </Fold>
  )
}
