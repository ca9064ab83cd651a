/** Foreign text for a sentence of ours: whole where it is short, else cut between words, with a mark that it was. */
export function shorten(text: string, longest = 400): string {
  if (text.length <= longest) return text;
  const cut = text.lastIndexOf(" ", longest);
  return `${text.slice(0, cut > longest / 2 ? cut : longest)} …`;
}
