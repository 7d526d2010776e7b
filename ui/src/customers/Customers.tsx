// Customers found by name or number; each leads to all that happened with her.

import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, told } from "../api/client";
import { phoneNumber } from "../look/time";
import { One } from "./One";
import "./customers.css";

const MOST = 50;
const NUMBER = /^[+\d][\d\s()-]{2,}$/;

export function Customers({ id }: { id: string }) {
  return <main className="customers">{id ? <One key={id} id={id} /> : <Search />}</main>;
}

function Search() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const query = NUMBER.test(wanted) ? { number: wanted } : { name: wanted };
  const { data, error } = useQuery({
    queryKey: ["customers", wanted],
    queryFn: () =>
      told(api.GET("/api/v1/customers", { params: { query: { ...query, limit: MOST } } })),
    placeholderData: (former) => former,
  });
  return (
    <>
      <h1>{t("customers.title")}</h1>
      <TextInput
        id="customer-search"
        type="search"
        label={t("customers.search")}
        value={text}
        maxLength={80}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      {data?.customers.length === 0 && <p className="quiet">{t("customers.nobody")}</p>}
      <ul id="customers">
        {data?.customers.map((one) => (
          <li key={one.id}>
            <Link href={`/customers/${encodeURIComponent(one.id)}`}>{one.name || one.id}</Link>
            <span>{one.company}</span>
            <span>{one.level === "normal" ? "" : t(`level.${one.level}`)}</span>
            <span className="quiet">
              {one.numbers.map((n) => phoneNumber(n.number)).join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
