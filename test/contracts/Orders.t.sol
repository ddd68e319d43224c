// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IInferenceMarket} from "../../contracts/interfaces/IInferenceMarket.sol";
import {Permit, Request, RequestStatus} from "../../contracts/types/Market.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {vm} from "./support/Vm.sol";

/// @notice A requester that is a contract: it signs what its owner approved.
contract Wallet is IERC1271 {
    mapping(bytes32 digest => bool) public approved;

    function approve(bytes32 digest) external {
        approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return approved[digest] ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @notice Requests that their requester signs and anybody sends.
contract OrdersTest is MarketTest {
    uint256 internal constant SIGNER_KEY = 0xB0B;
    uint64 internal constant UNTIL = uint64(START + 100);
    string internal constant REQUEST_TYPE =
        "Request(address requester,uint64 salt,bytes32 programId,bytes32 inputRoot,bool inputPosted,uint96 fee,"
        "uint16 version,uint8 method,uint8 level,address worker,address consumer,uint32 callbackGas)";

    address internal signer;

    function setUp() public override {
        super.setUp();
        signer = vm.addr(SIGNER_KEY);
        enrich(signer);
    }

    function ordered() internal returns (Request memory asked) {
        asked = question();
        asked.requester = signer;
    }

    /// @notice By the book of EIP-712.
    function digestOf(
        Request memory asked,
        uint64 validUntil,
        uint256 chainId,
        address at_
    ) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Assay Market"),
                keccak256("1"),
                chainId,
                at_
            )
        );
        bytes32 order = keccak256(
            abi.encode(
                keccak256(
                    bytes(string.concat("RequestOrder(Request request,uint64 validUntil)", REQUEST_TYPE))
                ),
                keccak256(abi.encode(keccak256(bytes(REQUEST_TYPE)), asked)),
                validUntil
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, order));
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function signed(Request memory asked) internal view returns (bytes memory) {
        return sign(SIGNER_KEY, digestOf(asked, UNTIL, block.chainid, address(market)));
    }

    function orderCall(Request memory asked, bytes memory signature) internal view returns (bytes memory) {
        Permit memory none;
        return abi.encodeCall(market.requestFor, (asked, INPUT, UNTIL, signature, none));
    }

    function refuseOrder(Request memory asked, bytes memory signature) internal {
        refuseMarket(
            KEEPER,
            orderCall(asked, signature),
            abi.encodeWithSelector(IInferenceMarket.InvalidOrder.selector, asked.requester, UNTIL)
        );
    }

    function test_requestFor_byAnyone_takesTheSignersFee() public {
        Request memory asked = ordered();
        (bool success, ) = address(market).call(orderCall(asked, signed(asked)));
        require(success && status(asked) == RequestStatus.Open, "posted");
        equal(token.balanceOf(signer), WEALTH - FEE, "fee");
        vm.prank(signer);
        market.cancel(asked); // it is the signer's request
        equal(credit(signer), FEE, "back");
    }

    function test_requestFor_aroundItsTime_I54() public {
        Request memory asked = ordered();
        bytes memory signature = signed(asked);
        vm.warp(UNTIL + 1);
        refuseOrder(asked, signature);
        vm.warp(UNTIL);
        (bool success, ) = address(market).call(orderCall(asked, signature));
        require(success, "in time");
    }

    function test_requestFor_elsewhere_reverts_I54() public {
        Request memory asked = ordered();
        refuseOrder(asked, sign(0xBAD, digestOf(asked, UNTIL, block.chainid, address(market))));
        refuseOrder(asked, sign(SIGNER_KEY, digestOf(asked, UNTIL, 1, address(market))));
        refuseOrder(asked, sign(SIGNER_KEY, digestOf(asked, UNTIL, block.chainid, address(channels))));
        refuseOrder(asked, sign(SIGNER_KEY, digestOf(asked, UNTIL + 1, block.chainid, address(market))));
        bytes memory signature = signed(asked);
        asked.fee += 1;
        refuseOrder(asked, signature);
        refuseOrder(asked, "");
    }

    function test_requestFor_twice_reverts_I54() public {
        Request memory asked = ordered();
        bytes memory data = orderCall(asked, signed(asked));
        bytes32 requestId = idOf(asked);
        (bool success, ) = address(market).call(data);
        require(success, "once");
        bytes memory expected = abi.encodeWithSelector(IInferenceMarket.RequestExists.selector, requestId);
        refuseMarket(KEEPER, data, expected);
        vm.prank(signer);
        market.cancel(asked);
        refuseMarket(KEEPER, data, expected);
    }

    function test_requestFor_byContract_EIP1271() public {
        Wallet wallet = new Wallet();
        enrich(address(wallet));
        Request memory asked = question();
        asked.requester = address(wallet);
        refuseOrder(asked, "any");
        wallet.approve(digestOf(asked, UNTIL, block.chainid, address(market)));
        (bool success, ) = address(market).call(orderCall(asked, "any"));
        require(success && status(asked) == RequestStatus.Open, "posted");
    }

    // permit

    function permitOf(uint256 value) internal view returns (Permit memory permit) {
        bytes32 typehash = keccak256(
            "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
        );
        bytes32 content = keccak256(
            abi.encode(typehash, signer, address(vault), value, token.nonces(signer), START + 100)
        );
        (permit.value, permit.deadline) = (value, START + 100);
        (permit.v, permit.r, permit.s) = vm.sign(
            SIGNER_KEY,
            keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content))
        );
    }

    function test_requestFor_withPermit_needsNoGasOfTheRequester() public {
        vm.prank(signer);
        token.approve(address(vault), 0);
        Request memory asked = ordered();
        Permit memory permit = permitOf(FEE);
        bytes memory signature = signed(asked);
        vm.prank(KEEPER);
        market.requestFor(asked, INPUT, UNTIL, signature, permit);
        require(status(asked) == RequestStatus.Open, "posted");
        equal(token.allowance(signer, address(vault)), 0, "used up");
    }

    /// @notice A stranger who uses the permit first changes nothing: the allowance is there.
    function test_requestFor_permitWasUsed_succeeds_I54() public {
        Request memory asked = ordered();
        Permit memory permit = permitOf(FEE);
        bytes memory signature = signed(asked);
        vm.prank(STRANGER);
        token.permit(signer, address(vault), FEE, permit.deadline, permit.v, permit.r, permit.s);
        market.requestFor(asked, INPUT, UNTIL, signature, permit);
        require(status(asked) == RequestStatus.Open, "posted");
    }
}
