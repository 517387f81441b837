-- The old pipeline, as cron runs it each night: everything is thrown away and made again from the file of the shop.
BEGIN;
CREATE SCHEMA IF NOT EXISTS analytics_legacy;
CREATE TABLE IF NOT EXISTS analytics_legacy.sales (
  order_id integer PRIMARY KEY, day date, region text, customer text, quantity integer, unit_price numeric(10, 2), revenue numeric(12, 2));
CREATE TABLE IF NOT EXISTS analytics_legacy.daily_revenue (day date, region text, orders bigint, revenue numeric(14, 2), PRIMARY KEY (day, region));
CREATE TABLE IF NOT EXISTS analytics_legacy.customer_revenue (customer text PRIMARY KEY, orders bigint, revenue numeric(14, 2), last_day date);

TRUNCATE analytics_legacy.sales, analytics_legacy.daily_revenue, analytics_legacy.customer_revenue;
INSERT INTO analytics_legacy.sales SELECT order_id, day, region, customer, quantity, unit_price, quantity * unit_price FROM shop_file;
INSERT INTO analytics_legacy.daily_revenue SELECT day, region, count(*), SUM(revenue) FROM analytics_legacy.sales GROUP BY day, region;
INSERT INTO analytics_legacy.customer_revenue SELECT customer, count(*), SUM(revenue), max(day) FROM analytics_legacy.sales GROUP BY customer;
COMMIT;
