"""Prints a week of steps and sleep. Python's own library only.

PULSEGATE_URL names the gateway, PULSEGATE_KEY a key that is bound to one person:
    pulsegate app-key create notebook --user me --read-only
Against the sandbox no key is needed.
"""

import json
import os
import urllib.error
import urllib.request

URL = os.environ.get("PULSEGATE_URL", "http://127.0.0.1:4000")
KEY = os.environ.get("PULSEGATE_KEY")

QUERY = """
query Week($days: Int!) {
  viewer {
    activity(range: { lastDays: $days }) {
      days { date source steps worn missing(fields: ["steps"]) { field reason } }
      statistics { steps { days mean } }
      sources { provider status message }
    }
    sleep(range: { lastDays: $days }) {
      sessions { date isMainSleep minutesAsleep }
    }
  }
}
"""


def ask(query, **variables):
    """Answers `data`. Raises RuntimeError with what the gateway says against the query."""
    headers = {"content-type": "application/json"}
    if KEY:
        headers["x-api-key"] = KEY
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{URL}/graphql", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
    except urllib.error.HTTPError as refused:
        answer = json.load(refused)
    if "errors" in answer:
        raise RuntimeError("; ".join(error["message"] for error in answer["errors"]))
    return answer["data"]


def main():
    viewer = ask(QUERY, days=7)["viewer"]
    activity, sleep = viewer["activity"], viewer["sleep"]
    nights = {night["date"]: night["minutesAsleep"] for night in sleep["sessions"] or [] if night["isMainSleep"]}
    for day in activity["days"] or []:
        if day["worn"] is False:
            steps = "not worn"
        elif day["steps"] is None:
            steps = day["missing"][0]["reason"].lower()
        else:
            steps = f"{day['steps']:,}"
        minutes = nights.get(day["date"])
        asleep = "–" if minutes is None else f"{minutes // 60} h {minutes % 60:02} min"
        print(f"{day['date']}  {steps:>14}  {asleep:>11}  {day['source']}")
    for period in activity["statistics"] or []:
        if period["steps"]["days"] > 0:
            print(f"{period['steps']['mean']:,.0f} steps a day, over {period['steps']['days']} worn and complete days")
    for source in activity["sources"]:
        if source["status"] != "OK":
            print(f"{source['provider']}: {source['message']}")


if __name__ == "__main__":
    main()
