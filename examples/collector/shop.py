"""A small shop that calls Mangopay, in Python: no word of telemetry in it.

Started by OpenTelemetry's agent it sends spans, of which a Collector makes the rest:

    opentelemetry-instrument python shop.py [--turns 100]

Environment: MANGOPAY_URL, MANGOPAY_CLIENT_ID, MANGOPAY_API_KEY.
"""

import argparse
import os
import time
import uuid

import requests

URL = os.environ.get("MANGOPAY_URL", "http://127.0.0.1:4010")
CLIENT_ID = os.environ.get("MANGOPAY_CLIENT_ID", "demo-platform")
API_KEY = os.environ.get("MANGOPAY_API_KEY", "demo-0c2b6a9e4f7d4c1f")

session = requests.Session()


def renew_token():
    response = session.post(
        f"{URL}/v2.01/oauth/token",
        auth=(CLIENT_ID, API_KEY),
        data={"grant_type": "client_credentials"},
        timeout=2,
    )
    response.raise_for_status()
    session.headers["Authorization"] = f"Bearer {response.json()['access_token']}"


def call(method, path, body=None):
    """Makes one call. An error is printed and the shop goes on, as shops do."""
    headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
    try:
        url = f"{URL}/v2.01/{CLIENT_ID}{path}"
        response = session.request(method, url, json=body, headers=headers, timeout=0.5)
        if response.status_code >= 400:
            print(f"{method} {path}: {response.status_code}", flush=True)
        return response.json() if response.content and response.ok else {}
    except (requests.RequestException, ValueError) as error:
        print(f"{method} {path}: {type(error).__name__}", flush=True)
        return {}


def sell():
    """One customer: registers, gets a wallet, pays, looks, and takes some of it back."""
    money = {"Currency": "EUR", "Amount": 4200}
    none = {"Currency": "EUR", "Amount": 0}
    user = call("POST", "/users/natural", {"PersonType": "NATURAL", "FirstName": "Ada", "LastName": "Invented",
                                           "Email": "ada.invented@shop.example", "Birthday": -4852800,
                                           "Nationality": "FR", "CountryOfResidence": "FR"})
    user_id = user.get("Id", "user_m_01J82SPSKW53XZM936PDVN76W0")
    wallet = call("POST", "/wallets", {"Owners": [user_id], "Description": "Savings", "Currency": "EUR"})
    wallet_id = wallet.get("Id", "wlt_m_01J82SPSKW53XZM936PDVN76W1")
    payin = call("POST", "/payins/card/direct", {"AuthorId": user_id, "CreditedWalletId": wallet_id,
                                                 "DebitedFunds": money, "Fees": none, "CardId": "card_m_1",
                                                 "SecureModeReturnURL": "https://shop.example/return"})
    call("GET", f"/users/{user_id}?Email=ada.invented@shop.example")
    call("GET", f"/wallets/{wallet_id}/transactions")
    if "Id" in payin:
        call("POST", f"/payins/{payin['Id']}/refunds", {"AuthorId": user_id})
    call("GET", "/not/in/the/table")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--turns", type=int, help="customers to serve; without end otherwise, one a second")
    turns = parser.parse_args().turns
    served = 0
    while turns is None or served < turns:
        try:
            if "Authorization" not in session.headers or served % 50 == 0:
                renew_token()
            sell()
        except requests.RequestException as error:
            print(f"no token: {type(error).__name__}", flush=True)
        served += 1
        if turns is None:
            time.sleep(1)


if __name__ == "__main__":
    main()
