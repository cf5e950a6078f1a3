/** Characters from which on a text is not added to any more. */
const FULL = 16 * 1024;

/** Short texts are joined to longer ones, long ones are left as they are. */
export class Texts {
  private readonly full: string[] = [];
  private text = "";

  add(text: string): void {
    this.text += text;
    if (this.text.length < FULL) return;
    this.full.push(this.text);
    this.text = "";
  }

  all(): readonly string[] {
    return this.text === "" ? this.full : [...this.full, this.text];
  }
}
