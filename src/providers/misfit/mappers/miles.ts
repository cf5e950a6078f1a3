const METRES_PER_MILE = 1609.344;

/** All distances of Misfit are in miles, whatever unit the person's app shows. Converts the number as received. */
export function milesToMetres(miles: number): number {
  return miles * METRES_PER_MILE;
}
