import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { dayOf } from '../words/time'
import { locale, words } from '../words/words'
import { addDays, addMonths, firstWeekday, weeksOf } from './days'
import { Icon } from './icon'

interface CalendarProps {
  /** Moments of the first and the last day there are. */
  first: number
  last: number
  /** A moment of the day it begins with. */
  chosen: number
  /** Told the moment at which the day begins. */
  choose: (at: number) => void
}

const KEYS: Record<string, (day: Date, row: number) => Date> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day, row) => addDays(day, -row),
  End: (day, row) => addDays(day, 6 - row),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
}

/** A month at a time. The keys go from day to day, over the month's end too; days there are none of are dim. */
export function Calendar({ first, last, chosen, choose }: CalendarProps) {
  const within = (day: Date) =>
    new Date(Math.min(Math.max(day.getTime(), addDays(new Date(first), 0).getTime()), last))
  const [at, setAt] = useState(() => within(addDays(new Date(chosen), 0)))
  const grid = useRef<HTMLTableElement>(null)
  const moved = useRef(true)
  const w = words.value
  const start = firstWeekday(locale.value)
  const weeks = weeksOf(at, start)
  const month = new Intl.DateTimeFormat(locale.value, { year: 'numeric', month: 'long' })
  const full = new Intl.DateTimeFormat(locale.value, { dateStyle: 'full' })
  const short = new Intl.DateTimeFormat(locale.value, { weekday: 'narrow' })
  const long = new Intl.DateTimeFormat(locale.value, { weekday: 'long' })
  const isThere = (day: Date) => dayOf(day.getTime()) >= dayOf(first) && dayOf(day.getTime()) <= dayOf(last)
  const turn = (months: number) => {
    moved.current = false
    setAt(within(addMonths(at, months)))
  }
  const monthOf = (moment: number | Date) => {
    const day = new Date(moment)
    return day.getFullYear() * 12 + day.getMonth()
  }

  useLayoutEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus()
  })

  const pressed = (event: KeyboardEvent) => {
    const next = KEYS[event.key]
    if (!next || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    moved.current = true
    setAt(within(next(at, (at.getDay() - start + 7) % 7)))
  }

  return (
    <div class="calendar" data-testid="calendar">
      <div class="calendar-head">
        <button
          type="button"
          class="icon-button"
          aria-label={w.previousMonth}
          title={w.previousMonth}
          disabled={monthOf(at) <= monthOf(first)}
          onClick={() => turn(-1)}
        >
          <Icon name="back" />
        </button>
        <p class="calendar-month" aria-live="polite">
          {month.format(at)}
        </p>
        <button
          type="button"
          class="icon-button"
          aria-label={w.nextMonth}
          title={w.nextMonth}
          disabled={monthOf(at) >= monthOf(last)}
          onClick={() => turn(1)}
        >
          <Icon name="forward" />
        </button>
      </div>
      <table ref={grid} onKeyDown={pressed}>
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day.getDay()} scope="col">
                <span aria-hidden="true">{short.format(day)}</span>
                <span class="for-readers">{long.format(day)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={dayOf(week[0]?.getTime() ?? 0)}>
              {week.map((day) => (
                <td key={day.getDay()}>
                  {monthOf(day) === monthOf(at) && (
                    <button
                      type="button"
                      class="calendar-day"
                      aria-current={dayOf(day.getTime()) === dayOf(last) ? 'date' : undefined}
                      disabled={!isThere(day)}
                      tabIndex={dayOf(day.getTime()) === dayOf(at.getTime()) ? 0 : -1}
                      onClick={() => choose(day.getTime())}
                    >
                      {/* Not a label, which would have to hold the number as a word of its own: 26, but also 26일. */}
                      <span aria-hidden="true">{day.getDate()}</span>
                      <span class="for-readers">{full.format(day)}</span>
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
