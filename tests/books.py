"""What must hold of the books after every test, whatever it did: asked of the database in one statement."""

from __future__ import annotations

WRONG_IN_BOOKS = """
WITH back AS (
  SELECT p.id, p.amount, p.receipt_number,
    (SELECT count(*) FROM money_journal j WHERE j.payment_id = p.id AND j.kind IN ('charge', 'bank')) AS brought,
    (SELECT coalesce(sum(j.amount), 0) FROM money_journal j
      WHERE j.payment_id = p.id AND j.kind IN ('charge', 'bank') AND j.debit IN ('stripe', 'bank')) AS gross,
    (SELECT coalesce(sum(CASE WHEN j.credit IN ('stripe', 'bank') THEN j.amount ELSE -j.amount END), 0)
      FROM money_journal j WHERE j.payment_id = p.id AND j.kind = 'refund') AS refunded,
    (SELECT coalesce(sum(CASE WHEN j.credit IN ('stripe', 'bank') THEN j.amount ELSE -j.amount END), 0)
      FROM money_journal j WHERE j.payment_id = p.id AND j.kind IN ('refund', 'dispute')) AS gone,
    (SELECT coalesce(sum(r.amount) FILTER (WHERE r.status = 'done'), 0)
      FROM money_refunds r WHERE r.payment_id = p.id) AS done,
    (SELECT coalesce(sum(r.amount) FILTER (WHERE r.status <> 'failed'), 0)
      FROM money_refunds r WHERE r.payment_id = p.id) AS asked
  FROM money_payments p
)
SELECT 'the accounts add up to ' || total FROM (
  SELECT sum(signed) AS total FROM money_journal j,
    LATERAL (VALUES (j.debit, j.amount), (j.credit, -j.amount)) AS sides (account, signed)) AS s WHERE total <> 0
UNION ALL SELECT receipt_number || ': ' || brought || ' rows of ' || gross || ' for ' || amount
  FROM back WHERE brought <> 1 OR gross <> amount
UNION ALL SELECT receipt_number || ': refunds of ' || done || ' done, but ' || refunded || ' went back'
  FROM back WHERE refunded < done OR refunded > asked
UNION ALL SELECT receipt_number || ': ' || gone || ' of ' || amount || ' went back' FROM back WHERE gone > amount
UNION ALL SELECT 'the receipts of ' || year || ' have a gap' FROM (
  SELECT split_part(receipt_number, '/', 2) AS year, count(*) AS many,
    max(split_part(receipt_number, '/', 3)::bigint) AS last FROM money_payments GROUP BY 1) AS r WHERE many <> last
"""
"""One text for each thing that is wrong; no row while all is well. What Stripe has taken to give back may be booked
before it says that it is done."""
