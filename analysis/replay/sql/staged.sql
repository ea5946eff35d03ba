-- accesses spelled out, until their grounds have numbers
CREATE OR REPLACE TEMP TABLE staged (query INTEGER, record INTEGER, grade VARCHAR, why VARCHAR);
