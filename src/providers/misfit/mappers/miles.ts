const METRES_PER_MILE = 1609.344;

/** Every distance of Misfit is in miles, whatever the person sees in the app. Reckoned on the number as received. */
export function milesToMetres(miles: number): number {
  return miles * METRES_PER_MILE;
}
