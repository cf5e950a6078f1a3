import { Choice } from "../parts/button.js";
import { usePage } from "../parts/page.js";
import { dayAfter } from "../words/moments.js";

/** The range of all trends at once. */
export function RangeBar() {
  const { say, format, settings, choose, today } = usePage();
  const from = dayAfter(today, 1 - settings.days);
  return (
    <div class="range-bar">
      <p>
        <strong>{say("lastDays", { n: settings.days })}</strong>
        <span>{say("range", { from: format.day(from), to: format.day(today) })}</span>
      </p>
      <Choice
        label={say("rangeChoice")}
        options={[
          [30, say("days30")],
          [90, say("days90")],
        ]}
        value={settings.days}
        onChoose={(days) => choose({ days })}
      />
    </div>
  );
}
